using Varve.Arrow;
using Varve.Storage.Segments.Bloom;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Pages;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>Writes the pages of one column after another; text and binary get a dictionary where that makes the column smaller. One thread.</summary>
/// <param name="output">Where pages go.</param>
/// <param name="blockRows">The rows of each block.</param>
/// <param name="userColumns">The stream's columns come first; those of the node need no Bloom filters.</param>
internal sealed class ColumnWriter(SegmentOutput output, int[] blockRows, int userColumns) : IDisposable
{
    private readonly PageWriter _page = new();

    /// <param name="column">Its place in the file.</param>
    /// <param name="field">Its name and type.</param>
    /// <param name="block">Gives the rows of a block; asked at most twice for each.</param>
    public ColumnEntry Write(int column, Field field, Func<int, ArrayData> block)
    {
        Func<int, ArrayData> check = i => Check(field.Type, block(i), i);
        return (ByteRows.HasLengths(field.Type) ? WriteCoded(column, field, check) : null) ?? WritePlain(column, field, check);
    }

    public void Dispose() => _page.Dispose();

    private ColumnEntry WritePlain(int column, Field field, Func<int, ArrayData> block)
    {
        int firstNumber = output.NextNumber;
        BloomBuilder? bloom = column < userColumns && BloomBuilder.IsFor(field.Type) ? new BloomBuilder(blockRows) : null;
        var blocks = new BlockEntry[blockRows.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            ArrayData array = block(i);
            PagePlace page = WriteBlock(column, i, array);
            blocks[i] = new BlockEntry(page, array.NullCount, _page.RawBytes, _page.Encoding, ZoneScan.Of(array));
            bloom?.Look(i, array, blocks[i].Zone, page.PayloadBytes);
        }

        return Entry(field, firstNumber, null, blocks, bloom?.Write(column, output));
    }

    /// <summary>Null, with nothing written, where the column is better off without a dictionary.</summary>
    private ColumnEntry? WriteCoded(int column, Field field, Func<int, ArrayData> block)
    {
        using DictionaryTrial trial = new(blockRows);
        if (CodedColumn.TryMake(block, blockRows.Length, trial.Look) is not { } coded || !trial.PaysFor(coded))
            return null;
        int firstNumber = output.NextNumber;
        PagePlace values = output.Write(PageKind.Dictionary, column, -1, trial.Dictionary.Payload.Written);
        DictionaryEntry dictionary = new(values, coded.Values.Count, coded.Values.BytesCount, trial.Dictionary.Encoding);
        var blocks = new BlockEntry[blockRows.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            ArrayData codes = coded.Codes(i);
            PagePlace page = WriteBlock(column, i, codes);
            blocks[i] = new BlockEntry(page, codes.NullCount, trial.RawBytes[i], "dict " + _page.Encoding, ZoneOf(codes, coded));
        }

        return Entry(field, firstNumber, dictionary, blocks, bloom: null);
    }

    private static ColumnEntry Entry(Field field, int firstNumber, DictionaryEntry? dictionary, BlockEntry[] blocks, BloomEntry? bloom) => new()
    {
        Name = field.Name,
        TypeName = field.Type.Name,
        FirstNumber = firstNumber,
        Dictionary = dictionary,
        Blocks = blocks,
        Bloom = bloom,
    };

    private PagePlace WriteBlock(int column, int block, ArrayData array)
    {
        _page.Begin();
        ArrayPage.Write(array, _page);
        return output.Write(PageKind.Block, column, block, _page.Payload.Written);
    }

    /// <summary>Codes stand in the order of their values.</summary>
    private static Zone? ZoneOf(ArrayData codes, CodedColumn coded) => ZoneScan.Of(codes) is { IsEmpty: false } zone
        ? ZoneScan.OfBytes(coded.ValueOf((int)zone.Least.Whole), coded.ValueOf((int)zone.Greatest.Whole), zone.HasNulls)
        : new Zone(default, default, HasNulls: true, IsEmpty: true);

    private ArrayData Check(ArrowType type, ArrayData array, int block) => array.Length == blockRows[block] && array.Type.Equals(type)
        ? array
        : throw new InvalidOperationException($"block {block} is {array.Length} rows of {array.Type}, expected {blockRows[block]} of {type}");
}
