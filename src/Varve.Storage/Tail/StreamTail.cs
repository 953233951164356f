using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Tail;

/// <summary>The rows of a stream that are in memory: chunks in the order of offsets, the last one growing. For the sequencer only.</summary>
internal sealed class StreamTail
{
    private TailChunk[] _chunks = [];
    private int _count;
    private long _closedBytes;

    /// <summary>Memory that the chunks take, used or not.</summary>
    public long AllocatedBytes => _closedBytes + (_count == 0 ? 0 : _chunks[_count - 1].AllocatedBytes);

    /// <summary>The chunks so far. Later ones come behind them; these stay where they are.</summary>
    public ReadOnlyMemory<TailChunk> Chunks => _chunks.AsMemory(0, _count);

    public void Append(AppendRecord record, StreamSchema schema)
    {
        for (int done = 0; done < record.Rows.RowCount;)
        {
            int taken = _count == 0 ? 0 : _chunks[_count - 1].Append(record, done, schema);
            if (taken == 0)
                Open(record.FirstOffset + done);
            done += taken;
        }
    }

    private void Open(long firstOffset)
    {
        _closedBytes = AllocatedBytes;
        if (_count == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(4, 2 * _count));
        _chunks[_count] = new TailChunk(firstOffset, _count == 0 ? null : _chunks[_count - 1]);
        _count++;
    }
}
