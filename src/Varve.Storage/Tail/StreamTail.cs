using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Tail;

/// <summary>The rows of a stream that are in memory: chunks in the order of offsets, the last one growing. For the sequencer only.</summary>
internal sealed class StreamTail
{
    private TailChunk[] _chunks = [];
    private int _count;
    private long _closedBytes;
    private long[] _expectedBytes = [];

    /// <summary>Memory that the chunks take, used or not.</summary>
    public long AllocatedBytes => _closedBytes + (_count == 0 ? 0 : _chunks[_count - 1].AllocatedBytes);

    /// <summary>The chunks so far. Later ones come behind them; these stay where they are, until some are sealed and a new list begins.</summary>
    public ReadOnlyMemory<TailChunk> Chunks => _chunks.AsMemory(0, _count);

    /// <param name="record">Its rows come behind those that are there.</param>
    /// <param name="position">The entry in which they stand.</param>
    /// <param name="schema">The stream's columns.</param>
    /// <param name="firstRow">The first of the rows that is taken.</param>
    /// <exception cref="OutOfMemoryException">There was no memory twice; some of the rows are there.</exception>
    public void Append(AppendRecord record, LogPosition position, StreamSchema schema, int firstRow = 0)
    {
        bool isSecondTry = false;
        for (int done = firstRow; done < record.Rows.RowCount;)
        {
            try
            {
                int taken = _count == 0 ? 0 : _chunks[_count - 1].Append(record, position, done, schema);
                if (taken == 0)
                    Open(record.FirstOffset + done, position);
                done += taken;
                isSecondTry = false;
            }
            catch (OutOfMemoryException) when (!isSecondTry)
            {
                // The rows are durable, so they have to be in the tail as well. Nothing of the step was done, and the reserve has been let go.
                isSecondTry = true;
            }
        }
    }

    /// <summary>
    /// Lets go of the rows before an offset, which stand in segments now: chunks that held nothing else are dropped. One that holds others as well
    /// stays whole and takes no more rows, so that its sealed rows go with its next seal.
    /// </summary>
    public void Seal(long sealedEnd)
    {
        int dropped = 0;
        while (dropped < _count && _chunks[dropped].EndOffset <= sealedEnd)
            dropped++;
        if (dropped == _count && dropped > 0)
            _expectedBytes = _chunks[_count - 1].ValueBytes();

        // A new array: heads that are out there keep the old one, and the new one must not keep what was dropped.
        _chunks = _chunks[dropped.._count];
        _count = _chunks.Length;
        _closedBytes = 0;
        for (int i = 0; i + 1 < _count; i++)
            _closedBytes += _chunks[i].AllocatedBytes;
        if (_count > 0 && _chunks[0].FirstOffset < sealedEnd)
            _chunks[0].Close();
    }

    private void Open(long firstOffset, LogPosition firstPosition)
    {
        if (_count == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(4, 2 * _count));
        if (_count > 0)
            _expectedBytes = _chunks[_count - 1].ValueBytes();
        TailChunk opened = new(firstOffset, firstPosition, _expectedBytes);
        _closedBytes = AllocatedBytes;
        _chunks[_count++] = opened;
    }
}
