using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// Owns a vector that was made by <see cref="DuckDbApi.duckdb_create_vector"/>. What it holds lives on while other vectors refer to it. Released on
/// any thread.
/// </summary>
internal sealed class VectorHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        DuckDbApi.duckdb_destroy_vector(ref handle);
        return true;
    }
}
