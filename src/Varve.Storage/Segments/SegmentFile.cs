using System.Buffers;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Segments.Pages;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>
/// Rows of a segment, read from its file when they are asked for. Nothing of the file is touched before it is needed; footer and dictionaries are kept in
/// the cache. The operating system's file is closed once nobody holds this any more. Any thread.
/// </summary>
internal sealed class SegmentFile
{
    /// <summary>The cache's slot for the footer; a column's dictionary has its number.</summary>
    private const int FooterSlot = -1;

    private readonly IFileSystem _fileSystem;
    private readonly string _path;
    private readonly Schema _schema;
    private readonly Func<int, StreamKey> _keyOfVersion;
    private readonly SegmentCache _cache;
    private readonly Lock _loading = new();
    private readonly string?[] _typeNames;
    private readonly WeakReference<ArrayData>?[] _dictionaries;
    private WeakReference<SegmentFooter>? _footer;
    private volatile IFile? _file;
    private volatile SegmentReader? _reader;

    private SegmentFile(
        IFileSystem fileSystem, string path, SegmentInfo info, Schema streamSchema, Func<int, StreamKey> keyOfVersion, SegmentCache cache)
    {
        _fileSystem = fileSystem;
        _path = path;
        Info = info;
        _schema = streamSchema;
        _keyOfVersion = keyOfVersion;
        _cache = cache;
        _typeNames = new string?[info.ColumnCount + 2];
        _dictionaries = new WeakReference<ArrayData>?[info.ColumnCount];
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
        new(fileSystem, path, info, streamSchema, keyOfVersion, cache);

    /// <summary>Opens the operating system's file, if it is not: from then on its rows can be read even if its name is deleted.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where there is no such file.</exception>
    public void EnsureOpen() => OpenFile();

    /// <summary>Gives back what the cache holds for it: the segment has left the catalog.</summary>
    public void Forget() => _cache.Forget(this);

    /// <summary>Reads the footer, at the first call.</summary>
    public BlockInfo Block(int block)
    {
        SegmentFooter footer = Footer();
        long firstRow = footer.FirstRows[block];
        int rows = footer.BlockRows[block];
        Zone times = footer.Column(footer.TimeColumn).Blocks[block].Zone!.Value;
        if (footer.HasOffsets)
            return new BlockInfo(rows, firstRow, null, footer.Column(footer.OffsetColumn).Blocks[block].Zone!.Value, times);
        long first = footer.FirstOffset + firstRow;
        return new BlockInfo(rows, firstRow, first, new Zone(ZoneValue.Of(first), ZoneValue.Of(first + rows - 1), HasNulls: false), times);
    }

    /// <summary>Bounds of a column in a block; null where nothing is known. Reads no page but the footer, once.</summary>
    public Zone? ZoneOf(int block, int field) => field < Info.ColumnCount
        ? Entry(Footer(), field).Blocks[block].Zone
        : new Zone(default, default, HasNulls: true, IsEmpty: true);

    /// <summary>
    /// False only where surely no row of the block has the value: by the block's bounds, and by the values of the column's dictionary, which is loaded.
    /// </summary>
    public bool MayHold(int block, int field, ZoneValue value)
    {
        if (field >= Info.ColumnCount)
            return false;
        ColumnEntry entry = Entry(Footer(), field);
        if (entry.Blocks[block].Zone is not { } zone)
            return true;
        if (zone.IsEmpty)
            return false;
        if (zone.Least.Kind != value.Kind)
            return true;
        if (value < zone.Least || value > zone.Greatest)
            return false;
        return entry.Dictionary is not { } dictionary || Holds(Dictionary(field, dictionary), value.Bytes);
    }

    /// <summary>
    /// The values of a column in a block, in the stream's type, or a <see cref="DictionaryType"/> over it whose dictionary all blocks share.
    /// </summary>
    /// <param name="block">Which one.</param>
    /// <param name="field">A column of the schema that this was opened with.</param>
    /// <param name="buffers">Lends the memory; null: memory of its own.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/>, with file, page and column.</exception>
    public ArrayData Column(int block, int field, BlockBuffers? buffers)
    {
        ArrowType type = _schema.Fields[field].Type;
        return field < Info.ColumnCount ? Read(block, field, type, buffers) : ColumnAppender.Nulls(type, Info.BlockRows[block]);
    }

    /// <summary><c>_time</c>.</summary>
    public ArrayData Times(int block, BlockBuffers? buffers) => Read(block, Info.ColumnCount, ArrowTypes.TimestampMicrosUtc, buffers);

    /// <summary><c>_offset</c>, also where the file does not have it because offsets follow one another.</summary>
    public ArrayData Offsets(int block, BlockBuffers? buffers)
    {
        if (Info.IsClustered)
            return Read(block, Info.ColumnCount + 1, ArrowTypes.Int64, buffers);
        int rows = Info.BlockRows[block];
        byte[] values = buffers?.Rent(rows * sizeof(long)) ?? GC.AllocateUninitializedArray<byte>(rows * sizeof(long));
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan(0, rows * sizeof(long)));
        long first = Footer().FirstOffset + Footer().FirstRows[block];
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = first + i;
        return new ArrayData(ArrowTypes.Int64, rows, 0, [default, values.AsMemory(0, rows * sizeof(long))]);
    }

    private ArrayData Read(int block, int column, ArrowType type, BlockBuffers? buffers)
    {
        ColumnEntry entry = Entry(Footer(), column);
        BlockEntry page = entry.Blocks[block];
        _cache.Meter.Decoded();
        int rows = Info.BlockRows[block];
        PageLabel label = Label(PageKind.Block, page.Page, column, block);
        if (entry.Dictionary is not { } dictionary)
            return ReadPage(label, page.Page, payload => BlockPage.Read(type, rows, page, payload, buffers));
        ArrayData values = Dictionary(column, dictionary);
        return ReadPage(label, page.Page, payload => BlockPage.ReadCodes(values, rows, page, payload, buffers));
    }

    private ArrayData Dictionary(int column, DictionaryEntry entry)
    {
        if (_cache.Find(this, column) is ArrayData cached)
            return cached;
        lock (_loading)
        {
            if (_cache.Find(this, column) is ArrayData found)
                return found;

            // Who still holds it shall not meet a second one.
            if (_dictionaries[column] is not { } weak || !weak.TryGetTarget(out ArrayData? values))
            {
                ArrowType type = _schema.Fields[column].Type;
                values = ReadPage(
                    Label(PageKind.Dictionary, entry.Page, column, -1),
                    entry.Page,
                    payload => DictionaryPage.Read(type, entry.ValueCount, entry.ValueBytes, payload));
                _dictionaries[column] = new WeakReference<ArrayData>(values);
            }

            _cache.Put(this, column, values, values.Buffers.Sum(b => (long)b.Length));
            return values;
        }
    }

    private delegate ArrayData PageDecoder(ReadOnlySpan<byte> payload);

    private ArrayData ReadPage(in PageLabel label, in PagePlace page, PageDecoder decode)
    {
        if (page.IsInline)
            return Decode(label, page.Inline.Span, decode);
        int bytes = page.PayloadBytes + PageCipher.SealBytes;
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Reader().Read(label, NameOf(label.Column), rented.AsSpan(0, bytes));
            return Decode(label, rented.AsSpan(0, page.PayloadBytes), decode);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private ArrayData Decode(in PageLabel label, ReadOnlySpan<byte> payload, PageDecoder decode)
    {
        try
        {
            return decode(payload);
        }
        catch (Exception e) when (e is PageFormatException or VectorFormatException)
        {
            throw SegmentDamage.InPage(_path, label, NameOf(label.Column), e.Message, e);
        }
    }

    private ColumnEntry Entry(SegmentFooter footer, int column)
    {
        ColumnEntry entry;
        try
        {
            entry = footer.Column(column);
        }
        catch (PageFormatException e)
        {
            throw SegmentDamage.InFile(_path, $"footer: column '{NameOf(column)}': {e.Message}", e);
        }

        string expected = _typeNames[column] ??= TypeOf(column).Name;
        return entry.TypeName == expected
            ? entry
            : throw SegmentDamage.InFile(_path, $"footer: column '{NameOf(column)}' is {entry.TypeName}, the stream's is {expected}");
    }

    private SegmentFooter Footer()
    {
        if (_cache.Find(this, FooterSlot) is SegmentFooter cached)
            return cached;
        lock (_loading)
        {
            if (_cache.Find(this, FooterSlot) is SegmentFooter found)
                return found;
            if (_footer is not { } weak || !weak.TryGetTarget(out SegmentFooter? footer))
            {
                footer = Reader().ReadFooter();
                Check(footer);
                _footer = new WeakReference<SegmentFooter>(footer);
            }

            _cache.Put(this, FooterSlot, footer, footer.WeightBytes);
            return footer;
        }
    }

    private void Check(SegmentFooter footer)
    {
        if (footer.FirstOffset != Info.FirstOffset || !footer.BlockRows.AsSpan().SequenceEqual(Info.BlockRows)
            || footer.ColumnCount != Info.ColumnCount || footer.HasOffsets != Info.IsClustered)
        {
            throw SegmentDamage.InFile(
                _path,
                $"footer: it has {footer.RowCount} rows in {footer.BlockRows.Length} blocks from offset {footer.FirstOffset} on and {footer.ColumnCount} columns; "
                + $"the catalog says {Info.RowCount} rows in {Info.BlockRows.Length} blocks from {Info.FirstOffset} on and {Info.ColumnCount} columns");
        }
    }

    private SegmentReader Reader()
    {
        if (_reader is { } known)
            return known;
        IFile file = OpenFile();
        lock (_loading)
        {
            if (_reader is { } made)
                return made;
            SegmentReader reader = SegmentReader.Open(file, FindKey, _cache.Meter);
            CheckIdentity(reader.Header, file.Length);
            return _reader = reader;
        }
    }

    private StreamKey FindKey(SegmentHeader header)
    {
        if (header.KeyVersion != Info.KeyVersion)
            throw SegmentDamage.InFile(_path, $"header: it names version {header.KeyVersion} of the stream's key, the catalog {Info.KeyVersion}");
        return _keyOfVersion(header.KeyVersion);
    }

    private void CheckIdentity(in SegmentHeader header, long fileBytes)
    {
        if (header.Identity.SegmentId != Info.Id || header.Identity.StreamId != Info.StreamId
            || header.KeyVersion != Info.KeyVersion || fileBytes != Info.FileBytes)
        {
            throw SegmentDamage.InFile(
                _path,
                $"header: it is segment {header.Identity.SegmentId} of stream {header.Identity.StreamId}, {fileBytes} bytes, key version {header.KeyVersion}; "
                + $"the catalog says segment {Info.Id} of stream {Info.StreamId}, {Info.FileBytes} bytes, key version {Info.KeyVersion}");
        }
    }

    private IFile OpenFile()
    {
        if (_file is { } known)
            return known;
        lock (_loading)
        {
            try
            {
                return _file ??= _fileSystem.OpenRead(_path);
            }
            catch (IOException e) when (e.HResult == Errno.NoEntry)
            {
                throw SegmentDamage.InFile(_path, "the file is missing", e);
            }
        }
    }

    private static bool Holds(ArrayData sorted, ReadOnlySpan<byte> value)
    {
        ByteRows rows = new(sorted);
        int low = 0;
        int high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = rows[middle].SequenceCompareTo(value);
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return false;
    }

    private static PageLabel Label(PageKind kind, in PagePlace page, int column, int block) =>
        new(kind, page.Number, page.Place, page.PayloadBytes, column, block);

    private ArrowType TypeOf(int column) => column < Info.ColumnCount ? _schema.Fields[column].Type
        : column == Info.ColumnCount ? ArrowTypes.TimestampMicrosUtc
        : ArrowTypes.Int64;

    private string NameOf(int column) => SegmentColumns.NameOf(column, Info.ColumnCount, _schema);
}
