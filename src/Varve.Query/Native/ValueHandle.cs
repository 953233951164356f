using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>A value; always a copy that belongs to the caller.</summary>
internal sealed class ValueHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_value(ref handle);
        return true;
    }
}
