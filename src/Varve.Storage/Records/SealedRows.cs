using System.Buffers.Binary;

namespace Varve.Storage.Records;

/// <summary>Where the parts of a sealed append record stand (<see cref="RecordFormat"/>), whose length is known to suffice. For one call.</summary>
internal readonly ref struct SealedRows
{
    public const int TagBytes = 16;

    private readonly Span<byte> _record;
    private readonly int _tagAt;

    public SealedRows(Span<byte> record)
    {
        _record = record;
        _tagAt = TagAt(record);
    }

    public ReadOnlySpan<byte> Nonce => _record[RecordFormat.NonceAt..RecordFormat.SealedAppendHeaderBytes];

    /// <summary>What stays readable and cannot be changed. Time, offset and part are not in it: they are known only when the seal is there.</summary>
    public ReadOnlySpan<byte> Associated => _record[RecordFormat.RowCountAt.._tagAt];

    public Span<byte> Tag => _record.Slice(_tagAt, TagBytes);

    public Span<byte> Rows => _record[(_tagAt + TagBytes)..];

    /// <summary>The place of the tag in a record that has a whole header.</summary>
    public static int TagAt(ReadOnlySpan<byte> record)
    {
        bool listed = (BinaryPrimitives.ReadUInt16LittleEndian(record[RecordFormat.FlagsAt..]) & RecordFormat.ColumnsListed) != 0;
        int columnCount = BinaryPrimitives.ReadUInt16LittleEndian(record[RecordFormat.ColumnCountAt..]);
        return RecordFormat.SealedAppendHeaderBytes + (listed ? RecordFormat.Padded(2 * columnCount) : 0);
    }
}
