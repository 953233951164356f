using System.Text.Json.Nodes;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>What an append of a file came to.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Created">It was not there before.</param>
/// <param name="RowCount">Rows appended now.</param>
/// <param name="RowsBefore">Rows of the files that an earlier run of the same producer appended.</param>
/// <param name="BatchCount">Batches appended now.</param>
/// <param name="First">The first one's answer.</param>
/// <param name="Last">The last one's.</param>
/// <param name="Took">The whole time.</param>
internal sealed record AppendSummary(
    string Stream, bool Created, long RowCount, long RowsBefore, long BatchCount, AppendAck? First, AppendAck? Last, TimeSpan Took)
{
    public void Print(bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(new JsonObject
            {
                ["stream"] = Stream,
                ["created"] = Created,
                ["rows"] = RowCount,
                ["rows_before"] = RowsBefore,
                ["batches"] = BatchCount,
                ["first_offset"] = First?.FirstOffset,
                ["end_offset"] = Last is null ? null : Last.FirstOffset + Last.RowCount,
                ["position"] = Last?.Position,
                ["seconds"] = Math.Round(Took.TotalSeconds, 3),
            }.ToJsonString());
            return;
        }

        string rate = RowCount == 0 ? "" : $", {RowCount / Math.Max(Took.TotalSeconds, 1e-6):N0} rows/s";
        string before = RowsBefore == 0 ? "" : $"; {RowsBefore:N0} rows were there already";
        string durable = Last is null ? "" : $"; durable up to position {Last.Position:N0}";
        Console.WriteLine($"{(Created ? "created" : "appended to")} {Stream}: {RowCount:N0} rows in {Quantity.Duration(Took)}{rate}{before}{durable}");
    }
}
