using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Tail;

/// <summary>
/// The growing <c>_time</c> column of a chunk. One thread appends; any thread may take snapshots of rows that it knows to be there: written values
/// are never touched again, and growth leaves the old memory to those who hold it.
/// </summary>
internal sealed class TimeColumn
{
    private const int FirstRows = 16;

    private volatile byte[] _values = [];

    public int AllocatedBytes => _values.Length;

    /// <summary>Writes one time for all of the rows [at, at + count).</summary>
    public void Append(int at, int count, long timeMicros)
    {
        byte[] values = _values;
        if ((at + count) * sizeof(long) > values.Length)
        {
            int needed = at + count;
            int rows = needed > TailChunk.RowCountMax / 8 ? TailChunk.RowCountMax : Math.Max(needed, Math.Max(FirstRows, 4 * at));
            byte[] grown = GC.AllocateUninitializedArray<byte>(rows * sizeof(long));
            values.AsSpan(0, at * sizeof(long)).CopyTo(grown);
            _values = values = grown;
        }

        MemoryMarshal.Cast<byte, long>(values.AsSpan()).Slice(at, count).Fill(timeMicros);
    }

    public long Read(int row) => MemoryMarshal.Cast<byte, long>(_values.AsSpan())[row];

    public ArrayData Snapshot(int rowCount) =>
        new(ArrowTypes.TimestampMicrosUtc, rowCount, 0, [default, new ReadOnlyMemory<byte>(_values, 0, rowCount * sizeof(long))]);
}
