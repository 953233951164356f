using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.EndToEnd.Tests.RealData;

/// <summary>Rows as exact text, one line each.</summary>
internal static class RowText
{
    public static IEnumerable<string> Of(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
            yield return string.Join('\t', batch.Columns.Select(c => ArrayReader.IsNull(c, row) ? "<null>" : ArrayReader.Format(c, row)));
    }
}
