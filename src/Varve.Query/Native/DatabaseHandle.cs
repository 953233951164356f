using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>A database instance; it lives on until its last connection is closed.</summary>
internal sealed class DatabaseHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_close(ref handle);
        return true;
    }
}
