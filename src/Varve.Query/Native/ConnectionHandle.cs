using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>A connection: one statement at a time, on any one thread; only an interrupt may come from another.</summary>
internal sealed class ConnectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_disconnect(ref handle);
        return true;
    }
}
