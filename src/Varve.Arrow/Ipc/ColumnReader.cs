using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Reads columns out of one batch message, depth first, checking counts and sizes: after this every buffer is long enough for the rows that
/// refer to it. Values (offsets, views, codes, text) are not looked at.
/// </summary>
internal ref struct ColumnReader
{
    private static readonly byte[] ZeroOffset = new byte[8];

    private readonly FlatVector _nodes;
    private readonly FlatVector _buffers;
    private readonly FlatVector _variadicCounts;
    private readonly BodyReader _body;
    private readonly IpcLimits _limits;
    private int _node;
    private int _buffer;
    private int _variadic;
    private long _rowsWithoutBytes;

    public ColumnReader(FlatTable batch, ReadOnlyMemory<byte> body, IpcLimits limits)
    {
        RowCount = Count(batch.Int64(Slots.BatchLength), limits, "the batch");
        _nodes = batch.Vector(Slots.BatchNodes, 16);
        _buffers = batch.Vector(Slots.BatchBuffers, 16);
        _variadicCounts = batch.Vector(Slots.BatchVariadicCounts, 8);
        _body = new BodyReader(body, Compression(batch.Table(Slots.BatchCompression)), limits);
        _limits = limits;
    }

    public int RowCount { get; }

    /// <summary>The next top-level column, as its plan's wire type: of dictionary columns the codes.</summary>
    public ArrayData ReadTopLevel(ColumnPlan plan)
    {
        ArrayData column = Read(plan);
        if (column.Length != RowCount)
            throw new ArrowFormatException($"column {plan.Path} has {column.Length} rows in a batch of {RowCount}");
        return column;
    }

    /// <summary>Everything in the message must have been some column's.</summary>
    public readonly void End()
    {
        if (_node != _nodes.Count || _buffer != _buffers.Count || _variadic != _variadicCounts.Count)
        {
            throw new ArrowFormatException(
                $"the batch does not fit its schema: {_nodes.Count} nodes, {_buffers.Count} buffers and {_variadicCounts.Count} view counts " +
                $"are there, the schema's columns take {_node}, {_buffer} and {_variadic}");
        }
    }

    private static BodyCompression Compression(FlatTable compression)
    {
        if (compression.IsNull)
            return BodyCompression.None;
        byte method = compression.Byte(Slots.CompressionMethod);
        if (method != 0)
            throw new ArrowFormatException($"cannot read a body compressed by method {method}: expected 0 (buffer by buffer)");
        return compression.Byte(Slots.CompressionCodec) switch
        {
            0 => BodyCompression.Lz4Frame,
            1 => BodyCompression.Zstd,
            byte other => throw new ArrowFormatException($"cannot read a body compressed by codec {other}: expected 0 (LZ4 frame) or 1 (zstd)"),
        };
    }

    private static int Count(long rows, IpcLimits limits, string what) => rows >= 0 && rows <= limits.MaxRowCount
        ? (int)rows
        : throw new ArrowFormatException($"{what} claims {rows} rows, expected 0 to {limits.MaxRowCount}");

    private ArrayData Read(ColumnPlan plan)
    {
        if (_node == _nodes.Count)
            throw new ArrowFormatException($"the batch has {_nodes.Count} nodes and none is left for column {plan.Path}");
        long rows = _nodes.Int64(_node);
        long nulls = _nodes.Int64(_node++, atByte: 8);
        if (rows < 0 || rows > _limits.MaxRowCount)
            throw new ArrowFormatException($"column {plan.Path} claims {rows} rows, expected 0 to {_limits.MaxRowCount}");
        int length = (int)rows;
        if (plan.Layout == ColumnLayout.Null)
        {
            CountRowsWithoutBytes(plan, length);
            return new ArrayData(plan.Type, length, length, []);
        }

        ReadOnlyMemory<byte> validity = Validity(plan, length, ref nulls);
        if (validity.IsEmpty)
            CountRowsWithoutBytes(plan, length);
        return plan.Layout switch
        {
            ColumnLayout.Bits => Make(plan, length, nulls, [validity, Next(plan, Bitmap.ByteCount(length))]),
            ColumnLayout.FixedWidth => Make(plan, length, nulls, [validity, Next(plan, (long)length * plan.Type.ByteWidth)]),
            ColumnLayout.Bytes => Make(plan, length, nulls, [validity, Offsets(plan, length, 4), Next(plan, 0)]),
            ColumnLayout.LargeBytes => Make(plan, length, nulls, [validity, Offsets(plan, length, 8), Next(plan, 0)]),
            ColumnLayout.Views => Make(plan, length, nulls, Views(plan, length, validity)),
            ColumnLayout.List => Make(plan, length, nulls, [validity, Offsets(plan, length, 4)], [Read(plan.Children[0])]),
            ColumnLayout.LargeList => Make(plan, length, nulls, [validity, Offsets(plan, length, 8)], [Read(plan.Children[0])]),
            ColumnLayout.FixedSizeList => Make(plan, length, nulls, [validity], [Elements(plan, length)]),
            ColumnLayout.Struct => Make(plan, length, nulls, [validity], Members(plan, length)),
            _ => throw new ArrowFormatException($"column {plan.Path} is of type {plan.Type.Id}, which is written and not read"),
        };
    }

    private static ArrayData Make(ColumnPlan plan, int length, long nulls, ReadOnlyMemory<byte>[] buffers, ArrayData[]? children = null) =>
        new(plan.WireType, length, (int)nulls, buffers, children);

    private void CountRowsWithoutBytes(ColumnPlan plan, int length)
    {
        bool hasBytes = plan.Layout == ColumnLayout.FixedWidth
            ? plan.Type.ByteWidth > 0
            : plan.Layout is not (ColumnLayout.Null or ColumnLayout.Struct or ColumnLayout.FixedSizeList);
        if (hasBytes)
            return;
        _rowsWithoutBytes += length;
        if (_rowsWithoutBytes > _limits.MaxRowCount)
            throw new ArrowFormatException($"the columns up to {plan.Path} claim more than {_limits.MaxRowCount} rows that have no bytes");
    }

    /// <summary>
    /// The validity bits, empty where nothing is null. The claimed count is checked: a wrong one would show values where there are none.
    /// </summary>
    private ReadOnlyMemory<byte> Validity(ColumnPlan plan, int length, ref long nulls)
    {
        ReadOnlyMemory<byte> bits = NextBuffer(plan);
        if (bits.IsEmpty && nulls <= 0)
        {
            nulls = 0;
            return default;
        }

        if (bits.Length < Bitmap.ByteCount(length))
            throw TooShort(plan, bits.Length, Bitmap.ByteCount(length));
        int counted = length - Bitmap.CountSet(bits.Span, 0, length);
        if (nulls >= 0 && nulls != counted)
            throw new ArrowFormatException($"column {plan.Path} claims {nulls} nulls, its validity bits say {counted}");
        nulls = counted;
        return counted == 0 ? default : bits;
    }

    private ReadOnlyMemory<byte> Offsets(ColumnPlan plan, int length, int width)
    {
        ReadOnlyMemory<byte> offsets = NextBuffer(plan);
        if (length == 0 && offsets.IsEmpty)
            return ZeroOffset.AsMemory(0, width);
        long needed = ((long)length + 1) * width;
        return offsets.Length >= needed ? offsets : throw TooShort(plan, offsets.Length, needed);
    }

    private ReadOnlyMemory<byte>[] Views(ColumnPlan plan, int length, ReadOnlyMemory<byte> validity)
    {
        ReadOnlyMemory<byte> views = Next(plan, (long)length * 16);
        if (_variadic == _variadicCounts.Count)
            throw new ArrowFormatException($"the batch does not say how many data buffers column {plan.Path} has");
        long count = _variadicCounts.Int64(_variadic++);
        if (count < 0 || count > _buffers.Count - _buffer)
            throw new ArrowFormatException($"column {plan.Path} claims {count} data buffers, {_buffers.Count - _buffer} are left");
        var buffers = new ReadOnlyMemory<byte>[2 + count];
        buffers[0] = validity;
        buffers[1] = views;
        for (int i = 2; i < buffers.Length; i++)
            buffers[i] = NextBuffer(plan);
        return buffers;
    }

    private ArrayData Elements(ColumnPlan plan, int length)
    {
        ArrayData elements = Read(plan.Children[0]);
        long needed = (long)length * ((FixedSizeListType)plan.Type).Size;
        return elements.Length >= needed
            ? elements
            : throw new ArrowFormatException(
                $"column {plan.Children[0].Path} has {elements.Length} rows, {length} lists of {MessageText.Cut(plan.Type)} need {needed}");
    }

    private ArrayData[] Members(ColumnPlan plan, int length)
    {
        var members = new ArrayData[plan.Children.Length];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = Read(plan.Children[i]);
            if (members[i].Length < length)
                throw new ArrowFormatException($"column {plan.Children[i].Path} has {members[i].Length} rows in a struct of {length}");
        }

        return members;
    }

    private ReadOnlyMemory<byte> Next(ColumnPlan plan, long needed)
    {
        ReadOnlyMemory<byte> buffer = NextBuffer(plan);
        return buffer.Length >= needed ? buffer : throw TooShort(plan, buffer.Length, needed);
    }

    private ReadOnlyMemory<byte> NextBuffer(ColumnPlan plan)
    {
        if (_buffer == _buffers.Count)
            throw new ArrowFormatException($"the batch has {_buffers.Count} buffers and none is left for column {plan.Path}");
        long offset = _buffers.Int64(_buffer);
        return _body.Buffer(offset, _buffers.Int64(_buffer++, atByte: 8), plan.Path);
    }

    private readonly ArrowFormatException TooShort(ColumnPlan plan, long found, long needed) =>
        new($"buffer {_buffer - 1} of the batch, of column {plan.Path}, has {found} bytes, its rows need {needed}");
}
