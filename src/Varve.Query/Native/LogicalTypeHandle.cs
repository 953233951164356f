using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>A logical type; always a copy that belongs to the caller.</summary>
internal sealed class LogicalTypeHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_logical_type(ref handle);
        return true;
    }
}
