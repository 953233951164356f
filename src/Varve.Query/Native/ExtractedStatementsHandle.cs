using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>The statements of a text, parsed and not bound.</summary>
internal sealed class ExtractedStatementsHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_extracted(ref handle);
        return true;
    }
}
