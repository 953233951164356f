using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>Owns a selection vector. Its rows live on while vectors that were sliced by it do, so it can be released at once. Released on any
/// thread.</summary>
internal sealed class SelectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_selection_vector(handle);
        return true;
    }
}
