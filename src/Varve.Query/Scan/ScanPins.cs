using System.Buffers;
using Varve.Arrow;

namespace Varve.Query.Scan;

/// <summary>
/// Holds buffers in place while DuckDB's string structs point into them: until the scan's state is destroyed, since a sort or a hash
/// table may look at a string long after its chunk was handed over. One per scanning thread.
/// </summary>
internal sealed unsafe class ScanPins : IDisposable
{
    private readonly List<MemoryHandle> _handles = [];
    private readonly Dictionary<(ArrayData Array, int Buffer), nint> _current = [];

    /// <summary>Where a buffer of an array stands.</summary>
    public byte* Pin(ArrayData array, int buffer)
    {
        if (_current.TryGetValue((array, buffer), out nint known))
            return (byte*)known;
        MemoryHandle handle = array.Buffers[buffer].Pin();
        _handles.Add(handle);
        _current.Add((array, buffer), (nint)handle.Pointer);
        return (byte*)handle.Pointer;
    }

    /// <summary>Forgets which buffers were looked up, but holds them: the next block has others.</summary>
    public void NextBlock() => _current.Clear();

    public void Dispose()
    {
        foreach (MemoryHandle handle in _handles)
            handle.Dispose();
        _handles.Clear();
        _current.Clear();
    }
}
