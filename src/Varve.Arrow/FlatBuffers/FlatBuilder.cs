using System.Buffers.Binary;
using System.Text;

namespace Varve.Arrow.FlatBuffers;

/// <summary>
/// Writes FlatBuffers: only what Arrow's metadata needs, namely tables, strings, vectors of tables, scalars and structs. The buffer grows
/// downwards and every reference is a distance from its end, so children are written before their parents. For one thread, for one message.
/// </summary>
internal sealed class FlatBuilder(int capacityBytes = 512)
{
    private readonly int[] _slots = new int[8];
    private byte[] _buffer = new byte[capacityBytes];
    private int _head = capacityBytes;
    private int _slotCount;
    private int _tableStart;

    /// <summary>Bytes written so far, which is also the reference of what was written last.</summary>
    private int Written => _buffer.Length - _head;

    public int String(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        Prepare(4, bytes + 1);
        _buffer[--_head] = 0; // Strings end in a NUL that their length does not count.
        Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_head -= bytes, bytes));
        PutInt32(bytes);
        return Written;
    }

    /// <summary>A vector of references to tables.</summary>
    public int References(ReadOnlySpan<int> items)
    {
        Prepare(4, items.Length * 4);
        for (int i = items.Length - 1; i >= 0; i--)
            PutInt32(Written + 4 - items[i]);
        PutInt32(items.Length);
        return Written;
    }

    public int Int32s(ReadOnlySpan<int> values)
    {
        Prepare(4, values.Length * 4);
        for (int i = values.Length - 1; i >= 0; i--)
            PutInt32(values[i]);
        PutInt32(values.Length);
        return Written;
    }

    /// <summary>A vector of structs of int64s, given value by value: <paramref name="width"/> values to a struct, elements 8-aligned.</summary>
    public int Int64Structs(ReadOnlySpan<long> values, int width)
    {
        Prepare(4, values.Length * 8);
        Prepare(8, values.Length * 8);
        _head -= values.Length * 8;
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_head + (i * 8)), values[i]);
        PutInt32(values.Length / width);
        return Written;
    }

    public void StartTable(int slots)
    {
        _slots.AsSpan(0, slots).Clear();
        _slotCount = slots;
        _tableStart = Written;
    }

    public void Byte(int slot, byte value, byte absent = 0)
    {
        if (value == absent)
            return;
        Prepare(1, 0);
        _buffer[--_head] = value;
        _slots[slot] = Written;
    }

    public void Bool(int slot, bool value) => Byte(slot, value ? (byte)1 : (byte)0);

    public void Int16(int slot, short value, short absent = 0)
    {
        if (value == absent)
            return;
        Prepare(2, 0);
        PutInt16(value);
        _slots[slot] = Written;
    }

    public void Int32(int slot, int value, int absent = 0)
    {
        if (value == absent)
            return;
        Prepare(4, 0);
        PutInt32(value);
        _slots[slot] = Written;
    }

    public void Int64(int slot, long value, long absent = 0)
    {
        if (value == absent)
            return;
        Prepare(8, 0);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_head -= 8), value);
        _slots[slot] = Written;
    }

    /// <summary>A reference to something written before; 0 leaves the slot absent.</summary>
    public void Reference(int slot, int item)
    {
        if (item == 0)
            return;
        Prepare(4, 0);
        PutInt32(Written + 4 - item);
        _slots[slot] = Written;
    }

    public int EndTable()
    {
        Prepare(4, 0);
        PutInt32(0); // The distance to the vtable, set below.
        int table = Written;
        int used = _slotCount;
        while (used > 0 && _slots[used - 1] == 0)
            used--;
        Reserve(4 + (2 * used));
        for (int i = used - 1; i >= 0; i--)
            PutInt16((short)(_slots[i] == 0 ? 0 : table - _slots[i]));
        PutInt16((short)(table - _tableStart));
        PutInt16((short)(4 + (2 * used)));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_buffer.Length - table), Written - table);
        return table;
    }

    /// <summary>Adds the root offset. The result's length is a multiple of 8, and its scalars are aligned when its start is 8-aligned.</summary>
    public ReadOnlyMemory<byte> Finish(int root)
    {
        Prepare(8, 4);
        PutInt32(Written + 4 - root);
        return _buffer.AsMemory(_head);
    }

    /// <summary>
    /// Pads so that, after <paramref name="extraBytes"/> more, the position is a multiple of <paramref name="alignment"/>, and makes room.
    /// </summary>
    private void Prepare(int alignment, int extraBytes)
    {
        int padding = -(Written + extraBytes) & (alignment - 1);
        Reserve(padding + alignment + extraBytes);
        _head -= padding; // Fresh memory is zero, and nothing was ever written below the head.
    }

    private void Reserve(int bytes)
    {
        if (_head >= bytes)
            return;
        byte[] bigger = new byte[Math.Max(checked(_buffer.Length * 2), _buffer.Length + bytes)];
        int growth = bigger.Length - _buffer.Length;
        _buffer.CopyTo(bigger, growth);
        _head += growth;
        _buffer = bigger;
    }

    private void PutInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_head -= 4), value);

    private void PutInt16(short value) => BinaryPrimitives.WriteInt16LittleEndian(_buffer.AsSpan(_head -= 2), value);
}
