namespace Varve.Arrow.Builders;

/// <summary>
/// A column that grows at the end and shows its rows as arrays without copying them. One thread appends; any thread may take and read
/// snapshots of up to <see cref="Length"/> rows meanwhile.
/// </summary>
/// <remarks>
/// A snapshot never changes: the bytes of its rows are written before <see cref="Length"/> says so and not touched again; growth
/// makes a bigger buffer and leaves the old one to the snapshots over it. Only bits of the last validity or boolean word that lie
/// beyond a snapshot's rows may change, by whole-word writes. Buffers start at 64-byte addresses.
/// Sources must be valid (see <c>ArrayValidation</c>): an invalid one never breaks memory safety, but its rows may be read as garbage.
/// </remarks>
public abstract class ColumnAppender
{
    private readonly int _hintRows;
    private volatile int _length;
    private volatile AppendBits? _validity;

    /// <summary>A count made before: rows in the high half, nulls among them in the low. Any thread may replace it; every value is right.</summary>
    private long _counted;

    private protected ColumnAppender(ArrowType type, int hintRows)
    {
        Type = type;
        _hintRows = hintRows;
    }

    public ArrowType Type { get; }

    /// <summary>Rows appended, all of them readable.</summary>
    public int Length => _length;

    /// <summary>Memory that the current buffers take, used or not.</summary>
    public long AllocatedBytes => (_validity?.CapacityBytes ?? 0) + ValueCapacityBytes;

    private protected abstract long ValueCapacityBytes { get; }

    /// <param name="type">Any type but dictionary and union, also within.</param>
    /// <param name="hintRows">The rows that are expected at most. Fewer cost less, more are possible.</param>
    /// <param name="hintBytes">Of text and bytes outside of nested types: what their values are expected to take, or 0.</param>
    /// <exception cref="ArgumentException">A dictionary type, which is to be flattened first, or a union.</exception>
    public static ColumnAppender Create(ArrowType type, int hintRows = 65_536, long hintBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hintRows);
        ArgumentOutOfRangeException.ThrowIfNegative(hintBytes);
        return type switch
        {
            NullType => new NullAppender(type),
            BooleanType => new BooleanAppender(type, hintRows),
            Utf8Type or BinaryType => new BytesAppender(type, is64Bit: false, hintRows, hintBytes),
            LargeUtf8Type or LargeBinaryType => new BytesAppender(type, is64Bit: true, hintRows, hintBytes),
            Utf8ViewType or BinaryViewType => new ViewAppender(type, hintRows, hintBytes),
            ListType or MapType => new ListAppender(type, is64Bit: false, hintRows),
            LargeListType => new ListAppender(type, is64Bit: true, hintRows),
            FixedSizeListType list => new FixedSizeListAppender(list, hintRows),
            StructType => new StructAppender(type, hintRows),
            DictionaryType => throw new ArgumentException($"a column of {type.Name} cannot grow: flatten dictionaries first"),
            DenseUnionType => throw new ArgumentException($"a column of {type.Name} cannot grow: unions are written only"),
            _ => new FixedWidthAppender(type, hintRows),
        };
    }

    /// <summary>An array whose rows are all null. Its buffers are zeros shared with other such arrays.</summary>
    /// <exception cref="ArgumentException">Its values would pass 2 GiB.</exception>
    public static ArrayData Nulls(ArrowType type, int length) => NullArrays.Create(type, length);

    /// <summary>False when the column cannot hold these rows too (2 GiB of values, or 2^31 rows or elements): start a new chunk.</summary>
    public bool CanAppend(ArrayData source) => CanAppend(source, 0, source.Length);

    public bool CanAppend(ArrayData source, int start, int count) => Fits(_length + (long)count) && ValuesFit(source, start, count);

    public bool CanAppendNulls(int count) => Fits(_length + (long)count) && NullsFit(count);

    /// <summary>Appends all rows of an array of the same layout.</summary>
    /// <exception cref="ArgumentException">The array is of another type.</exception>
    /// <exception cref="ArrowFormatException">See <see cref="CanAppend(ArrayData)"/>. No row was appended.</exception>
    public void Append(ArrayData source) => Append(source, 0, source.Length);

    /// <summary>Appends rows [start, start + count) of an array of the same layout.</summary>
    public void Append(ArrayData source, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, source.Length - count);
        if (!IsLike(source.Type))
            throw new ArgumentException($"an array of {source.Type.Name} does not fit a column of {Type.Name}");
        if (!Fits(_length + (long)count))
            throw TooLong(count);
        if (count == 0)
            return;
        int before = _length;
        try
        {
            AppendValues(source, start, count);
            AppendValidity(source, start, count);
            _length = before + count;
        }
        catch
        {
            Truncate(before);
            throw;
        }
    }

    public void AppendNulls(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!Fits(_length + (long)count))
            throw TooLong(count);
        if (count == 0)
            return;
        int before = _length;
        try
        {
            AppendNullValues(count);
            if (Type.Id != ArrowTypeId.Null)
                EnsureValidity().AppendRun(before, value: false, count);
            _length = before + count;
        }
        catch
        {
            Truncate(before);
            throw;
        }
    }

    /// <summary>The first <paramref name="rowCount"/> rows, at most <see cref="Length"/>. Immutable; costs no copy of rows. Any thread.</summary>
    public ArrayData Snapshot(int rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, _length);
        (ReadOnlyMemory<byte> validity, int nullCount) = ValidityOf(rowCount);
        return SnapshotRows(rowCount, validity, nullCount);
    }

    /// <summary>Takes back the newest rows, of which there may be no snapshot: for whoever appends to several columns and fails at one.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
        TruncateChildren(length);
    }

    /// <summary>True when buffers with one entry per row can hold this many rows.</summary>
    private protected abstract bool Fits(long rows);

    private protected virtual bool ValuesFit(ArrayData source, int start, int count) => true;

    private protected virtual bool NullsFit(int count) => true;

    private protected abstract void AppendValues(ArrayData source, int start, int count);

    private protected abstract void AppendNullValues(int count);

    private protected abstract ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount);

    private protected virtual void TruncateChildren(int length)
    {
    }

    /// <summary>Same type; of nested types only the outer shape, since each child checks its own.</summary>
    private protected virtual bool IsLike(ArrowType type) => ReferenceEquals(type, Type) || type.Equals(Type);

    private ArrowFormatException TooLong(int count) => new($"a column of {Type.Name} with {_length} rows cannot hold {count} more");

    private void AppendValidity(ArrayData source, int start, int count)
    {
        if (Type.Id == ArrowTypeId.Null)
            return;
        if (source.NullCount > 0)
            EnsureValidity().Append(_length, source.Validity, source.Offset + start, count);
        else
            _validity?.AppendRun(_length, value: true, count);
    }

    /// <summary>Made with the first null: a column without nulls has no validity buffer.</summary>
    private AppendBits EnsureValidity()
    {
        if (_validity is { } made)
            return made;
        AppendBits bits = new(_hintRows);
        bits.AppendRun(0, value: true, _length);
        return _validity = bits;
    }

    private (ReadOnlyMemory<byte> Bits, int NullCount) ValidityOf(int rowCount)
    {
        if (Type.Id == ArrowTypeId.Null)
            return (default, rowCount);
        if (_validity is not { } validity || rowCount == 0)
            return default;
        ReadOnlyMemory<byte> bits = validity.First(rowCount);
        long counted = Volatile.Read(ref _counted);
        int rows = (int)(counted >> 32);
        int nulls = (int)counted;
        if (rows > rowCount)
            (rows, nulls) = (0, 0);
        nulls += rowCount - rows - Bitmap.CountSet(bits.Span, rows, rowCount - rows);
        Volatile.Write(ref _counted, ((long)rowCount << 32) | (uint)nulls);
        return nulls == 0 ? default : (bits, nulls);
    }
}
