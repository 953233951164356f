using System.Buffers;
using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

/// <summary>
/// Makes batches whose bytes cannot be had at a chosen look at them: there an OutOfMemoryException comes, because an array is asked for that no heap
/// holds. Any thread.
/// </summary>
/// <param name="failAt">The look that fails, from 1 on.</param>
/// <param name="failCount">How many fail from there on.</param>
internal sealed class ScarceMemory(int failAt, int failCount)
{
    private int _looks;

    /// <summary>Looks so far.</summary>
    public int LookCount => Volatile.Read(ref _looks);

    public RecordBatch Of(RecordBatch rows) => new(rows.Schema, rows.RowCount, [.. rows.Columns.Select(Of)]);

    private ArrayData Of(ArrayData column) => new(
        column.Type, column.Length, column.NullCount, [.. column.Buffers.Select(b => b.IsEmpty ? b : new Buffer(this, b.ToArray()).Memory)]);

    private void Look()
    {
        int look = Interlocked.Increment(ref _looks);
        if (look >= failAt && look < (long)failAt + failCount)
            _ = new byte[int.MaxValue];
    }

    private sealed class Buffer(ScarceMemory owner, byte[] bytes) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(bytes.Length);

        public override Span<byte> GetSpan()
        {
            owner.Look();
            return bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("nobody pins these");

        public override void Unpin() => throw new NotSupportedException("nobody pins these");

        protected override void Dispose(bool disposing)
        {
        }
    }
}
