namespace Varve.Client;

/// <summary>A producer's appends as records of the program's own types (<see cref="RowType{T}"/>).</summary>
public static class ProducerRows
{
    /// <summary>Gathers rows to batches of a producer. The caller disposes both, the writer first.</summary>
    public static RowWriter<T> OpenWriter<T>(this Producer producer, string stream, RowWriterOptions? options = null) =>
        new(producer, stream, options ?? new RowWriterOptions(), TimeProvider.System);

    /// <summary>Appends rows as they come, batch by batch, each row once. Returns how many, when all of them are durable and visible.</summary>
    /// <exception cref="VarveException">A row was refused for good, or the daemon was away for too long.</exception>
    public static async Task<long> AppendAsync<T>(
        this Producer producer, string stream, IAsyncEnumerable<T> rows, RowWriterOptions? options = null, CancellationToken cancellation = default)
    {
        long count = 0;
        await using RowWriter<T> writer = producer.OpenWriter<T>(stream, options);
        await foreach (T row in rows.WithCancellation(cancellation))
        {
            await writer.WriteAsync(row, cancellation);
            count++;
        }

        await writer.FlushAsync(cancellation);
        return count;
    }
}
