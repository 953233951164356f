using System.Text.Json.Nodes;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>What an append of a file came to.</summary>
internal sealed record AppendSummary(string Stream, bool Created, long RowCount, long BatchCount, AppendAck? First, AppendAck? Last, TimeSpan Took)
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
                ["batches"] = BatchCount,
                ["first_offset"] = First?.FirstOffset,
                ["end_offset"] = Last is null ? null : Last.FirstOffset + Last.RowCount,
                ["position"] = Last?.Position,
                ["seconds"] = Math.Round(Took.TotalSeconds, 3),
            }.ToJsonString());
            return;
        }

        string rate = RowCount == 0 ? "" : $", {RowCount / Math.Max(Took.TotalSeconds, 1e-6):N0} rows/s";
        string durable = Last is null ? "" : $"; durable up to position {Last.Position:N0}";
        Console.WriteLine($"{(Created ? "created" : "appended to")} {Stream}: {RowCount:N0} rows in {Quantity.Duration(Took)}{rate}{durable}");
    }
}
