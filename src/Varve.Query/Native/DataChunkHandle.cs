using Microsoft.Win32.SafeHandles;

namespace Varve.Query.Native;

/// <summary>Up to 2048 rows of a result, owned by the caller.</summary>
internal sealed class DataChunkHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_data_chunk(ref handle);
        return true;
    }
}
