using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The rows of one stream in a pending append: checked and encoded. It owns the encoded bytes until it is released. For the append.</summary>
/// <param name="stream">Where they go.</param>
/// <param name="rows">At least one.</param>
/// <param name="expectedOffset">Where the stream must end; null: anywhere.</param>
internal sealed class PendingBatch(StreamState stream, PreparedAppend rows, long? expectedOffset)
{
    private long _timeMicros;
    private LogPosition _lastPosition;

    public StreamState Stream => stream;

    public PreparedAppend Rows => rows;

    public long FirstOffset { get; private set; }

    /// <summary>The stream as it is staged. Throws where it was dropped or does not end where it must.</summary>
    public StagedStream Check(StagedState state)
    {
        if (!state.TryFind(stream.Id, out StagedStream? staged))
            throw PendingDrop.Dropped("append to", stream.Name);
        if (expectedOffset is { } expected && expected != staged.EndOffset)
            throw Refusals.OffsetMismatch(stream.Name, expected, staged.EndOffset);
        return staged;
    }

    /// <summary>Gives the records to the log, and returns the position of the last.</summary>
    public LogPosition Write(StagedState state, StagedStream staged, bool isGrouped)
    {
        _timeMicros = state.Stamp(staged);
        FirstOffset = staged.EndOffset;
        RecordSealer? sealer = state.Keys.SealerOf(stream.Id);
        for (int i = 0; i < rows.Parts.Length; i++)
        {
            rows.Parts[i].Encoded.SealWith(sealer);
            rows.Parts[i].Encoded.Stamp(_timeMicros, staged.EndOffset, i, rows.Parts.Length, isGrouped);
            ReadOnlySpan<byte> record = rows.Parts[i].Encoded.Bytes;
            _lastPosition = rows.Parts.Length == 1 ? state.Packer.Add(record) : state.Packer.AddAlone(record);
            staged.EndOffset += rows.Parts[i].Rows.RowCount;
        }

        rows.ReleaseEncoded();
        return _lastPosition;
    }

    public void Apply(StreamCatalog catalog, bool isGrouped)
    {
        long offset = FirstOffset;
        for (int i = 0; i < rows.Parts.Length; i++)
        {
            RecordBatch part = rows.Parts[i].Rows;
            LogPosition position = new(_lastPosition.Value - (rows.Parts.Length - 1 - i));
            AppendRecord record = new(stream.Id, _timeMicros, offset, i, rows.Parts.Length, rows.Columns, part) { IsGrouped = isGrouped };
            catalog.Apply(record, position);
            offset += part.RowCount;
        }
    }
}
