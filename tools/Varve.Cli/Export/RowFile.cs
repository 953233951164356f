using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Cli.Append;
using Varve.Cli.Output;
using Varve.Query.Export;

namespace Varve.Cli.Export;

/// <summary>Writes rows in one of the formats that `varve append` reads. Stateless.</summary>
internal static class RowFile
{
    public static async Task WriteAsync(string path, string format, ExportedRows rows, RowProgress progress, CancellationToken cancellation)
    {
        if (format == InputFormats.Parquet)
        {
            await ParquetExport.WriteAsync(path, rows.Schema, CountedAsync(rows, progress, cancellation), cancellation);
            return;
        }

        await using FileStream file = File.Create(path);
        if (format == InputFormats.Arrow)
            await WriteArrowFileAsync(file, rows, progress, cancellation);
        else
            await WriteAsync(file, format, rows, progress, cancellation);
    }

    /// <summary>In a format that needs no file: Arrow is a stream then.</summary>
    public static async Task WriteAsync(Stream output, string format, ExportedRows rows, RowProgress progress, CancellationToken cancellation)
    {
        using IRowWriter writer = format switch
        {
            InputFormats.Csv => new CsvWriter(rows.Schema, output),
            InputFormats.JsonLines => new JsonLinesWriter(output),
            _ => new ArrowWriter(rows.Schema, output),
        };
        await foreach (RecordBatch batch in CountedAsync(rows, progress, cancellation))
            writer.Write(batch);
        writer.Finish();
    }

    private static async Task WriteArrowFileAsync(Stream output, ExportedRows rows, RowProgress progress, CancellationToken cancellation)
    {
        using var writer = new IpcFileWriter(output, rows.Schema, leaveOpen: true);
        await foreach (RecordBatch batch in CountedAsync(rows, progress, cancellation))
            writer.Write(batch);
        writer.Finish();
    }

    private static async IAsyncEnumerable<RecordBatch> CountedAsync(
        ExportedRows rows, RowProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (RecordBatch batch in rows.Batches.WithCancellation(cancellation))
        {
            yield return batch;
            progress.Add(batch.RowCount);
        }
    }
}
