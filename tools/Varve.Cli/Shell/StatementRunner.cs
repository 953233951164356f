using Varve.Arrow;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Shell;

/// <summary>Runs one statement and writes its rows as they come.</summary>
internal static class StatementRunner
{
    /// <exception cref="VarveException">The daemon refused it or went away; rows may have been written before.</exception>
    public static async Task RunAsync(VarveClient client, string sql, ShellState state, CancellationToken cancellation)
    {
        long start = TimeProvider.System.GetTimestamp();
        using SqlAnswer answer = await client.QueryAsync(sql, state.View, cancellation);
        await PrintAsync(start, answer.Schema, answer.ReadPassingAsync(cancellation), answer.Position, state, cancellation);
    }

    /// <summary>Writes an answer as it comes.</summary>
    /// <param name="start">When it was asked for.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="batches">Its rows.</param>
    /// <param name="position">The position of what they were read from.</param>
    /// <param name="state">Says how, and where to.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task PrintAsync(
        long start, Schema schema, IAsyncEnumerable<RecordBatch> batches, long position, ShellState state, CancellationToken cancellation)
    {
        TimeSpan? first = null;
        using (IRowWriter writer = RowFormats.Open(state.Format, schema, state.Output))
        {
            await foreach (RecordBatch batch in batches.WithCancellation(cancellation))
            {
                first ??= TimeProvider.System.GetElapsedTime(start);
                writer.Write(batch);
            }

            writer.Finish();
        }

        TimeSpan whole = TimeProvider.System.GetElapsedTime(start);
        if (state.ShowsTiming)
            await Console.Error.WriteLineAsync($"time {Quantity.Duration(whole)}, first rows after {Quantity.Duration(first ?? whole)}");
        if (state.ShowsPosition)
            await Console.Error.WriteLineAsync($"position {position}");
    }
}
