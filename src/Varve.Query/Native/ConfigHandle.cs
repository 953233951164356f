using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>Settings for opening a database.</summary>
internal sealed class ConfigHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_config(ref handle);
        return true;
    }
}
