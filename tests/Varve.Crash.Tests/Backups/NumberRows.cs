using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Crash.Tests.Backups;

/// <summary>Rows that say where they belong, with bytes that nothing makes smaller.</summary>
internal static class NumberRows
{
    private const int PayloadBytes = 100;

    public static Schema Schema { get; } = new([new Field("n", ArrowTypes.Int64, isNullable: false), new Field("payload", ArrowTypes.Binary)]);

    public static RecordBatch Batch(long first, int count, Random random)
    {
        RecordBatchBuilder builder = new(Schema);
        for (int i = 0; i < count; i++)
        {
            byte[] payload = new byte[PayloadBytes];
            random.NextBytes(payload);
            builder.AppendRow(first + i, payload);
        }

        return builder.Build();
    }
}
