using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>A prepared statement of one connection; also holds the error of a failed prepare.</summary>
internal sealed class PreparedStatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_prepare(ref handle);
        return true;
    }
}
