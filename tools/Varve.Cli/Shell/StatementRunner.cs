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
        TimeSpan? first = null;
        using SqlAnswer answer = await client.QueryAsync(sql, state.View, cancellation);
        using (IRowWriter writer = RowFormats.Open(state.Format, answer.Schema, state.Output))
        {
            await foreach (RecordBatch batch in answer.ReadAllAsync(cancellation))
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
            await Console.Error.WriteLineAsync($"position {answer.Position}");
    }
}
