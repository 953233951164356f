using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>An execution that was set up and not yet run.</summary>
internal sealed class PendingResultHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_pending(ref handle);
        return true;
    }
}
