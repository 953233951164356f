using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Bloom;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Format;
using Varve.Storage.Segments.Pages;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>
/// Rows of a segment, read from its file when they are asked for. Nothing of the file is touched before it is needed; footer, dictionaries and Bloom
/// filters are kept in the cache, and so are pages of blocks that are read into lent memory, as scans do it over and over. Any thread.
/// </summary>
internal sealed class SegmentFile
{
    private const long FooterSlot = -1;

    /// <summary>With a column and a block in it: the slot of a page.</summary>
    private const long PageSlots = 1L << 62;

    private readonly Schema _schema;
    private readonly SegmentCache _cache;
    private readonly SegmentHandle _handle;
    private readonly CachedParts _parts;
    private readonly string?[] _typeNames;
    private volatile bool _isForgotten;

    private SegmentFile(SegmentInfo info, Schema streamSchema, SegmentHandle handle, SegmentCache cache)
    {
        Info = info;
        _schema = streamSchema;
        _handle = handle;
        _cache = cache;
        _parts = new CachedParts(cache, this);
        _typeNames = new string?[info.ColumnCount + 2];
    }

    public SegmentInfo Info { get; }

    public int BlockCount => Info.BlockRows.Length;

    /// <summary>Touches no file.</summary>
    /// <param name="fileSystem">Where it is.</param>
    /// <param name="path">The file.</param>
    /// <param name="info">What the catalog says; the file is checked against it when it is read.</param>
    /// <param name="streamSchema">With at least the columns that the file has; it may have more by now, which are null.</param>
    /// <param name="keyOfVersion">Gives the stream's key of a version, or throws; not asked for version 0.</param>
    /// <param name="cache">Shared by all files.</param>
    public static SegmentFile Open(
        IFileSystem fileSystem, string path, SegmentInfo info, Schema streamSchema, Func<int, StreamKey> keyOfVersion, SegmentCache cache) =>
        new(info, streamSchema, new SegmentHandle(fileSystem, path, info, keyOfVersion, cache.Meter), cache);

    /// <summary>The operating system's file, opened if it is not: from then on its rows can be read even if its name is deleted. Stays this one's.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where there is no such file.</exception>
    public IFile OpenFile() => _handle.OpenFile();

    /// <summary>Gives back what the cache holds for it: the segment has left the catalog.</summary>
    public void Forget()
    {
        _isForgotten = true;
        _cache.Forget(this);
    }

    /// <summary>Reads no page but the footer, once.</summary>
    public BlockInfo Block(int block)
    {
        SegmentFooter footer = Footer();
        long firstRow = footer.FirstRows[block];
        int rows = footer.BlockRows[block];
        Zone times = BoundsOf(footer.TimeColumn, block);
        if (footer.HasOffsets)
            return new BlockInfo(rows, firstRow, null, BoundsOf(footer.OffsetColumn, block), times);
        long first = footer.FirstOffset + firstRow;
        return new BlockInfo(rows, firstRow, first, new Zone(ZoneValue.Of(first), ZoneValue.Of(first + rows - 1), HasNulls: false), times);
    }

    /// <summary>Bounds of a column in a block; null where nothing is known. Reads no page but the footer, once.</summary>
    public Zone? ZoneOf(int block, int field) => field < Info.ColumnCount
        ? Entry(field).Blocks[block].Zone
        : new Zone(default, default, HasNulls: true, IsEmpty: true);

    /// <summary>
    /// False only where surely no row of the block has the value: by the block's bounds, then by the column's dictionary or Bloom filters, of which
    /// what is needed is read and kept.
    /// </summary>
    public bool MayHold(int block, int field, ZoneValue value)
    {
        if (field >= Info.ColumnCount)
            return false;
        ColumnEntry entry = Entry(field);
        if (entry.Blocks[block].Zone is not { } zone)
            return true;
        if (zone.IsEmpty)
            return false;
        if (zone.Least.Kind != value.Kind)
            return true;
        if (value < zone.Least || value > zone.Greatest)
            return false;
        if (entry.Dictionary is { } dictionary)
            return SortedValues.Holds(Dictionary(field, dictionary), value.Bytes);
        return entry.Bloom is not { } bloom || bloom.Buckets[block] == 0 || MayHold(block, field, bloom, value);
    }

    /// <summary>
    /// The values of a column in a block, in the stream's type, or a <see cref="DictionaryType"/> over it whose dictionary all blocks share.
    /// </summary>
    /// <param name="block">Which one.</param>
    /// <param name="field">A column of the schema that this was opened with.</param>
    /// <param name="buffers">Lends the memory; null: memory of its own.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/>, with file, page and column.</exception>
    public ArrayData Column(int block, int field, BlockBuffers? buffers) => field < Info.ColumnCount
        ? Read(block, field, buffers)
        : ColumnAppender.Nulls(_schema.Fields[field].Type, Info.BlockRows[block]);

    /// <summary><c>_time</c>.</summary>
    public ArrayData Times(int block, BlockBuffers? buffers) => Read(block, Info.ColumnCount, buffers);

    /// <summary><c>_offset</c>, also where the file does not have it because offsets follow one another.</summary>
    public ArrayData Offsets(int block, BlockBuffers? buffers)
    {
        if (Info.IsClustered)
            return Read(block, Info.ColumnCount + 1, buffers);
        int bytes = Info.BlockRows[block] * sizeof(long);
        byte[] values = buffers?.Rent(bytes) ?? GC.AllocateUninitializedArray<byte>(bytes);
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan(0, bytes));
        long first = Footer().FirstOffset + Footer().FirstRows[block];
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = first + i;
        return new ArrayData(ArrowTypes.Int64, offsets.Length, 0, [default, values.AsMemory(0, bytes)]);
    }

    /// <summary>What each column takes: those of the stream, then <c>_time</c>, then <c>_offset</c> where the file has it. Reads no page but the
    /// footer.</summary>
    public IReadOnlyList<ColumnSummary> Describe() =>
        [.. Enumerable.Range(0, Footer().StoredColumnCount).Select(c => ColumnSummary.Of(Entry(c), Info.RowCount))];

    /// <summary>Writes the file anew as another segment, page for page (<see cref="SegmentReseal"/>).</summary>
    public SegmentInfo Reseal(IFileSystem fileSystem, string path, SegmentIdentity identity, StreamKey key)
    {
        Footer();
        return SegmentReseal.Write(fileSystem, path, _handle.Reader(), Info, identity, key);
    }

    private ArrayData Read(int block, int column, BlockBuffers? buffers)
    {
        Field field = FieldAt(column);
        ColumnEntry entry = Entry(column);
        BlockEntry page = entry.Blocks[block];
        int rows = Info.BlockRows[block];
        _cache.Meter.Decoded();
        ArrayData? values = entry.Dictionary is { } dictionary ? Dictionary(column, dictionary) : null;
        PageDecoder<ArrayData> decode = payload => values is null
            ? BlockPage.Read(field.Type, rows, page, payload, buffers)
            : BlockPage.ReadCodes(values, rows, page, payload, buffers);
        SegmentReader reader = _handle.Reader();
        if (buffers is null || page.Page.IsInline)
            return reader.Read(PageKind.Block, page.Page, column, block, field.Name, decode);
        long slot = PageSlots | ((long)column << 32) | (uint)block;
        if (_cache.Find(this, slot) is byte[] known)
            return reader.Decode(PageKind.Block, page.Page, column, block, field.Name, known, decode);
        if (!_cache.Wants(page.Page.PayloadBytes))
            return reader.Read(PageKind.Block, page.Page, column, block, field.Name, decode);
        byte[] opened = reader.ReadOwn(PageKind.Block, page.Page, column, block, field.Name);
        ArrayData array = reader.Decode(PageKind.Block, page.Page, column, block, field.Name, opened, decode);
        Keep(slot, opened);
        return array;
    }

    /// <summary>A scan may go on with a file that has left the catalog; nothing of it is kept then.</summary>
    private void Keep(long slot, byte[] page)
    {
        _cache.PutPage(this, slot, page);
        if (_isForgotten)
            _cache.Forget(this);
    }

    private ArrayData Dictionary(int column, DictionaryEntry entry)
    {
        Field field = FieldAt(column);
        return _parts.Get((long)column << 32, Load, values => values.Buffers.Sum(b => (long)b.Length));

        ArrayData Load() => _handle.Reader().Read(
            PageKind.Dictionary,
            entry.Page,
            column,
            -1,
            field.Name,
            payload => DictionaryPage.Read(field.Type, entry.ValueCount, entry.ValueBytes, payload));
    }

    private bool MayHold(int block, int field, BloomEntry bloom, ZoneValue value)
    {
        ulong hash = value.Kind == ZoneKind.Bytes ? ValueHash.Of(value.Bytes) : ValueHash.Of(long.CreateTruncating(value.Whole));
        int part = BloomFilter.PartOf(hash, bloom.Parts.Length);
        byte[] filters = _parts.Get(((long)field << 32) + 1 + part, Load, bytes => bytes.Length);
        int at = bloom.BucketsBefore(block) * BloomFilter.BucketBytes;
        return BloomFilter.MayHold(hash, bloom.Parts.Length, filters.AsSpan(at, bloom.Buckets[block] * BloomFilter.BucketBytes));

        byte[] Load() => _handle.Reader().Read(
            PageKind.Bloom, bloom.Parts[part], field, part, FieldAt(field).Name, payload => payload.ToArray());
    }

    /// <summary>Times and offsets are never null.</summary>
    private Zone BoundsOf(int column, int block) => Entry(column).Blocks[block].Zone is { IsEmpty: false, Least.Kind: ZoneKind.Whole } zone
        ? zone
        : throw SegmentDamage.InFile(_handle.Path, $"footer: column '{FieldAt(column).Name}' has no bounds in block {block}");

    private ColumnEntry Entry(int column)
    {
        Field field = FieldAt(column);
        ColumnEntry entry;
        try
        {
            entry = Footer().Column(column);
        }
        catch (PageFormatException e)
        {
            throw SegmentDamage.InFile(_handle.Path, $"footer: column '{field.Name}': {e.Message}", e);
        }

        string expected = _typeNames[column] ??= field.Type.Name;
        return entry.TypeName == expected
            ? entry
            : throw SegmentDamage.InFile(_handle.Path, $"footer: column '{field.Name}' is {entry.TypeName}, the stream's is {expected}");
    }

    private SegmentFooter Footer() => _parts.Get(FooterSlot, LoadFooter, footer => footer.WeightBytes);

    private SegmentFooter LoadFooter()
    {
        SegmentFooter footer = _handle.Reader().ReadFooter();
        bool isExpected = footer.FirstOffset == Info.FirstOffset && footer.BlockRows.AsSpan().SequenceEqual(Info.BlockRows)
            && footer.ColumnCount == Info.ColumnCount && footer.HasOffsets == Info.IsClustered;
        return isExpected ? footer : throw SegmentDamage.InFile(
            _handle.Path,
            $"footer: {footer.RowCount} rows in {footer.BlockRows.Length} blocks from offset {footer.FirstOffset} on, {footer.ColumnCount} columns; "
            + $"the catalog says {Info.RowCount} rows in {BlockCount} blocks from offset {Info.FirstOffset} on, {Info.ColumnCount} columns");
    }

    private Field FieldAt(int column) => SegmentColumns.At(column, Info.ColumnCount, _schema);
}
