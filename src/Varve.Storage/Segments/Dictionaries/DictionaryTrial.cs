using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Segments.Pages;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>
/// Finds out whether a dictionary makes a column smaller: two of its blocks are encoded either way, and the dictionary itself. One thread, one
/// column.
/// </summary>
/// <param name="blockRows">The rows of each block.</param>
internal sealed class DictionaryTrial(int[] blockRows) : IDisposable
{
    private const int TriedMax = 2;

    private readonly PageWriter _block = new();
    private readonly Dictionary<int, int> _plainBytes = [];

    /// <summary>What each block takes as a plain array.</summary>
    public long[] RawBytes { get; } = new long[blockRows.Length];

    /// <summary>The dictionary's page, once <see cref="PaysFor"/> has said that it pays.</summary>
    public PageWriter Dictionary { get; } = new();

    /// <summary>Takes a block's rows, as <see cref="CodedColumn.TryMake"/> comes to them.</summary>
    public void Look(int block, ArrayData array)
    {
        RawBytes[block] = ArraySize.Bytes(array);
        if (_plainBytes.Count < TriedMax)
            _plainBytes[block] = Measure(array);
    }

    public bool PaysFor(CodedColumn coded)
    {
        double plain = 0;
        double codes = 0;
        double rows = 0;
        foreach ((int block, int bytes) in _plainBytes)
        {
            plain += bytes;
            codes += Measure(coded.Codes(block));
            rows += blockRows[block];
        }

        Dictionary.Begin();
        DictionaryPage.Write(coded.Values, coded.Order, Dictionary);
        return Dictionary.Payload.Length <= (plain - codes) * (blockRows.Sum(r => (double)r) / rows);
    }

    public void Dispose()
    {
        _block.Dispose();
        Dictionary.Dispose();
    }

    private int Measure(ArrayData array)
    {
        _block.Begin();
        ArrayPage.Write(array, _block);
        return _block.Payload.Length;
    }
}
