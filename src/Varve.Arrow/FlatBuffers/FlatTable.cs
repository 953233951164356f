using System.Buffers.Binary;

namespace Varve.Arrow.FlatBuffers;

/// <summary>
/// A read-only view of one FlatBuffers table (https://flatbuffers.dev/internals). Every access is checked against the buffer, so bytes from
/// outside lead to an <see cref="ArrowFormatException"/> and nothing worse, as long as the caller bounds how deep and how often it follows
/// tables: offsets may alias each other or form a cycle.
/// </summary>
/// <remarks>
/// Table: int32 distance back to its vtable, then inline fields. Vtable: uint16 its bytes, uint16 the table's inline bytes, then one uint16
/// per slot, the field's distance from the table's start (0 = absent, the default applies). Strings, vectors and tables are reached by a
/// uint32 distance forward from where it stands. Little-endian; alignment is not relied on.
/// </remarks>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> _buffer;
    private readonly int _table;
    private readonly int _vtable;
    private readonly int _vtableBytes;

    private FlatTable(ReadOnlySpan<byte> buffer, long table)
    {
        _buffer = buffer;
        _table = Inside(buffer, table, 4, "a table");
        long vtable = table - BinaryPrimitives.ReadInt32LittleEndian(buffer[_table..]);
        _vtable = Inside(buffer, vtable, 4, "a vtable");
        _vtableBytes = BinaryPrimitives.ReadUInt16LittleEndian(buffer[_vtable..]);
        Inside(buffer, vtable, _vtableBytes, "a vtable");
    }

    /// <summary>An absent table, which has no fields to read.</summary>
    public bool IsNull => _buffer.IsEmpty;

    public static FlatTable Root(ReadOnlySpan<byte> buffer)
    {
        Inside(buffer, 0, 4, "the root offset");
        return new FlatTable(buffer, BinaryPrimitives.ReadUInt32LittleEndian(buffer));
    }

    public byte Byte(int slot, byte absent = 0) => At(slot, 1) is var at and not 0 ? _buffer[at] : absent;

    public bool Bool(int slot) => Byte(slot) != 0;

    public short Int16(int slot, short absent = 0) =>
        At(slot, 2) is var at and not 0 ? BinaryPrimitives.ReadInt16LittleEndian(_buffer[at..]) : absent;

    public int Int32(int slot, int absent = 0) =>
        At(slot, 4) is var at and not 0 ? BinaryPrimitives.ReadInt32LittleEndian(_buffer[at..]) : absent;

    public long Int64(int slot, long absent = 0) =>
        At(slot, 8) is var at and not 0 ? BinaryPrimitives.ReadInt64LittleEndian(_buffer[at..]) : absent;

    /// <summary>The table that a slot refers to; one that <see cref="IsNull"/> where the slot is absent.</summary>
    public FlatTable Table(int slot) =>
        At(slot, 4) is var at and not 0 ? new FlatTable(_buffer, Target(_buffer, at)) : default;

    /// <summary>
    /// The bytes of a string (UTF-8, not checked here); empty where the slot is absent, which <paramref name="isPresent"/> tells apart.
    /// </summary>
    public ReadOnlySpan<byte> String(int slot, out bool isPresent)
    {
        FlatVector bytes = Vector(slot, 1);
        isPresent = bytes.IsPresent;
        return bytes.Bytes;
    }

    /// <summary>A vector whose elements take <paramref name="elementBytes"/> each; empty where the slot is absent.</summary>
    public FlatVector Vector(int slot, int elementBytes)
    {
        int at = At(slot, 4);
        if (at == 0)
            return default;
        int start = Inside(_buffer, Target(_buffer, at), 4, "a vector");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(_buffer[start..]);
        if (count > (uint)(_buffer.Length - start - 4) / (uint)elementBytes)
        {
            throw new ArrowFormatException(
                $"the metadata has a vector of {count} elements at byte {start}, which reaches beyond its {_buffer.Length} bytes");
        }

        return new FlatVector(_buffer, start + 4, (int)count, elementBytes);
    }

    internal static FlatTable At(ReadOnlySpan<byte> buffer, int offsetPosition) => new(buffer, Target(buffer, offsetPosition));

    private static long Target(ReadOnlySpan<byte> buffer, int at) => at + (long)BinaryPrimitives.ReadUInt32LittleEndian(buffer[at..]);

    private static int Inside(ReadOnlySpan<byte> buffer, long at, int bytes, string what)
    {
        if (at < 0 || at > buffer.Length - bytes)
            throw new ArrowFormatException($"the metadata is damaged: {what} of {bytes} bytes at byte {at} lies outside its {buffer.Length} bytes");
        return (int)at;
    }

    /// <summary>The place of a slot's inline value, or 0 where the field is absent or the writer did not know it.</summary>
    private int At(int slot, int bytes)
    {
        int entry = 4 + (slot * 2);
        if (entry + 2 > _vtableBytes)
            return 0;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(_buffer[(_vtable + entry)..]);
        return offset == 0 ? 0 : Inside(_buffer, (long)_table + offset, bytes, "a field");
    }
}
