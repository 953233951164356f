using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Crash.Writer;

/// <summary>
/// The rows that writers append: each says which batch it belongs to, which row of how many it is, and carries bytes that follow from that.
/// </summary>
internal static class CrashRows
{
    public static Schema Schema { get; } = new([
        new Field("writer", ArrowTypes.Int64, isNullable: false),
        new Field("batch", ArrowTypes.Int64, isNullable: false),
        new Field("row", ArrowTypes.Int32, isNullable: false),
        new Field("rows", ArrowTypes.Int32, isNullable: false),
        new Field("payload", ArrowTypes.Utf8),
    ]);

    public static RecordBatch Batch(long writer, long batch, int rows, int payloadBytes)
    {
        RecordBatchBuilder builder = new(Schema);
        for (int row = 0; row < rows; row++)
            builder.AppendRow(writer, batch, row, rows, Payload(writer, batch, row, payloadBytes));
        return builder.Build();
    }

    /// <summary>Begins with its length, so that a reader can make it again and compare.</summary>
    public static string Payload(long writer, long batch, int row, int payloadBytes) =>
        $"{payloadBytes}:{writer}:{batch}:{row}:".PadRight(payloadBytes, (char)('a' + ((writer + batch + row) % 26)));
}
