using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Format;
using Varve.Storage.Segments.Pages;

namespace Varve.Storage.Segments;

/// <summary>Reads and decodes every page of a segment, and notes which cannot be. One thread.</summary>
internal sealed class SegmentCheck(SegmentReader reader)
{
    private readonly List<PageDamage> _damage = [];
    private readonly BlockBuffers _buffers = new();
    private int _pageCount = 1;

    /// <summary>Adds what the footer says and what was found out.</summary>
    public SegmentInspection Complete(SegmentInspection shown)
    {
        SegmentFooter footer;
        try
        {
            footer = reader.ReadFooter();
            footer.CheckPages();
        }
        catch (Exception e) when (e is StorageException or PageFormatException)
        {
            return shown with { Damage = [new PageDamage("", "footer", e.Message)] };
        }

        List<ColumnSummary> columns = [];
        for (int i = 0; i < footer.StoredColumnCount; i++)
        {
            columns.Add(ColumnSummary.Of(footer.Column(i), footer.RowCount));
            Check(i, footer.Column(i), footer.BlockRows);
        }

        return shown with
        {
            FirstOffset = footer.FirstOffset,
            RowCount = footer.RowCount,
            BlockRows = footer.BlockRows,
            IsClustered = footer.HasOffsets,
            FooterBytes = reader.Trailer.FooterBytes + PageCipher.SealBytes,
            PageCount = _pageCount,
            Columns = columns,
            Damage = _damage,
        };
    }

    private void Check(int column, ColumnEntry entry, int[] blockRows)
    {
        ArrowType type;
        try
        {
            type = TypeNames.Parse(entry.TypeName);
        }
        catch (ArrowFormatException e)
        {
            _damage.Add(new PageDamage(entry.Name, "footer", $"the type of column '{entry.Name}' is no type: {e.Message}"));
            return;
        }

        ArrayData? values = null;
        if (entry.Dictionary is { } dictionary)
        {
            values = Try(PageKind.Dictionary, dictionary.Page, column, -1, entry.Name, payload =>
                DictionaryPage.Read(type, dictionary.ValueCount, dictionary.ValueBytes, payload));
        }

        for (int block = 0; block < entry.Blocks.Length; block++)
        {
            BlockEntry page = entry.Blocks[block];
            int rows = blockRows[block];
            _ = Try(PageKind.Block, page.Page, column, block, entry.Name, payload => entry.Dictionary is null
                ? BlockPage.Read(type, rows, page, payload, _buffers)
                : values is null ? null : BlockPage.ReadCodes(values, rows, page, payload, _buffers));
            _buffers.Reset();
        }

        for (int part = 0; part < (entry.Bloom?.Parts.Length ?? 0); part++)
            _ = Try<ArrayData>(PageKind.Bloom, entry.Bloom!.Parts[part], column, part, entry.Name, _ => null);
    }

    private T? Try<T>(PageKind kind, in PagePlace page, int column, int block, string name, PageDecoder<T?> decode)
        where T : class
    {
        _pageCount += page.IsInline ? 0 : 1;
        try
        {
            return reader.Read(kind, page, column, block, name, decode);
        }
        catch (StorageException e)
        {
            string what = kind switch { PageKind.Dictionary => "dictionary", PageKind.Bloom => $"Bloom filter {block}", _ => $"block {block}" };
            _damage.Add(new PageDamage(name, what, e.Message, kind == PageKind.Block ? block : null));
            return null;
        }
    }
}
