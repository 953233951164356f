using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Export;

/// <summary>What is to be exported: its columns, and its rows, which can be read once.</summary>
/// <param name="Schema">Of every batch.</param>
/// <param name="RowCount">Null where nobody knows before the end.</param>
/// <param name="Batches">The rows.</param>
internal sealed record ExportedRows(Schema Schema, long? RowCount, IAsyncEnumerable<RecordBatch> Batches)
{
    private static readonly Field[] System =
    [
        new("_offset", ArrowTypes.Int64, isNullable: false),
        new("_time", ArrowTypes.TimestampMicrosUtc, isNullable: false),
    ];

    /// <summary>Rows of a stream, in the order of their offsets, up to where it ends now; with the types that the stream has.</summary>
    public static async Task<ExportedRows> OfStreamAsync(VarveClient client, string stream, ReadOptions options, CancellationToken cancellation)
    {
        StreamDescription description = await client.DescribeStreamAsync(stream, cancellation);
        Schema schema = SchemaMessage.Decode(description.ArrowSchema.Span);
        if (options.Columns.Count > 0)
            schema = new Schema([.. options.Columns.Select(name => Column(stream, schema, name))]);
        long end = Math.Min(options.ToOffset ?? long.MaxValue, description.EndOffset);
        long first = options.FromOffset ?? description.FirstOffset;
        options = options with { FromOffset = Math.Min(first, end), ToOffset = end, Columns = [.. schema.Fields.Select(f => f.Name)] };
        long? count = options.Filter is null ? Math.Max(0, end - first) : null;
        return new ExportedRows(schema, count, ReadAsync(client, stream, schema, options, cancellation));
    }

    /// <param name="answer">To a statement; the caller disposes it when the rows were read.</param>
    /// <param name="areKept">Whether a batch is still needed when the next one is asked for.</param>
    /// <param name="cancellation">Ends the rows.</param>
    public static ExportedRows Of(SqlAnswer answer, bool areKept, CancellationToken cancellation) =>
        new(answer.Schema, null, areKept ? answer.ReadAllAsync(cancellation) : answer.ReadPassingAsync(cancellation));

    private static async IAsyncEnumerable<RecordBatch> ReadAsync(
        VarveClient client, string stream, Schema schema, ReadOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (options.FromOffset == options.ToOffset)
            yield break;
        await foreach (StreamRows rows in client.ReadAsync(stream, options, cancellation))
            yield return new RecordBatch(schema, rows.Rows.RowCount, rows.Rows.Columns);
    }

    private static Field Column(string stream, Schema schema, string name) =>
        schema.Fields.Concat(System).FirstOrDefault(f => f.Name == name)
        ?? throw new CliException($"stream '{stream}' has no column '{name}'. See: varve stream describe {stream}");
}
