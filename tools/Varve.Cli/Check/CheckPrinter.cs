using System.Text.Json.Nodes;
using Varve.Cli.Output;
using Varve.Storage.Checking;

namespace Varve.Cli.Check;

/// <summary>What a check found: a line for each damage and one for the sum, or one JSON object. One thread.</summary>
internal sealed class CheckPrinter(bool asJson)
{
    private readonly JsonArray _damage = [];
    private JsonArray? _putBack;
    private JsonArray? _fromSnapshots;
    private JsonObject _sum = [];
    private string _line = "";

    public int DamageCount { get; private set; }

    public void Print(Damage damage)
    {
        DamageCount++;
        if (!asJson)
        {
            string rows = damage.FirstOffset is { } first ? $" (stream '{damage.Stream}', rows {first} to {damage.EndOffset - 1})" : "";
            Console.WriteLine($"damaged: {damage.Message}{rows}");
            return;
        }

        _damage.Add(ToJson(damage));
    }

    /// <summary>What was mended, and why the rest was not.</summary>
    public void PutBack(RepairReport report)
    {
        _putBack = [.. report.PutBack.Select(ToJson)];
        if (asJson)
            return;
        foreach (Damage mended in report.PutBack.DistinctBy(d => d.File))
            Console.WriteLine($"put back from the log: all rows of {mended.File} (stream '{mended.Stream}')");
        foreach (string reason in report.Reasons)
            Console.WriteLine($"not put back: {reason}");
    }

    /// <summary>Files that a snapshot had.</summary>
    public void PutBack(IReadOnlyList<string> files)
    {
        _fromSnapshots = [.. files.Select(f => JsonValue.Create(f))];
        foreach (string file in asJson ? [] : files)
            Console.WriteLine($"put back from a snapshot: {file}; what stood there is kept as {Path.GetFileName(file)}.damaged");
    }

    public void Sum(long files, long bytes, long logEntries, long segments)
    {
        _line = $"checked {Quantity.Count(files)} files with {Quantity.Bytes(bytes)}: {Quantity.Count(logEntries)} entries of the log, "
            + $"{Quantity.Count(segments)} segments";
        _sum = new JsonObject { ["files"] = files, ["bytes"] = bytes, ["log_entries"] = logEntries, ["segments"] = segments };
    }

    public void Finish()
    {
        if (asJson)
        {
            _sum["damage"] = _damage;
            if (_fromSnapshots is not null)
                _sum["put_back_from_snapshots"] = _fromSnapshots;
            if (_putBack is not null)
                _sum["put_back"] = _putBack;
            JsonText.Print(_sum);
        }
        else
        {
            Console.WriteLine(_line + (DamageCount == 0 ? "; all is as it was written" : $"; {DamageCount} damaged places"));
        }
    }

    private static JsonObject ToJson(Damage damage) => new()
    {
        ["file"] = damage.File,
        ["stream"] = Known(damage.Stream),
        ["column"] = Known(damage.Column),
        ["page"] = Known(damage.Page),
        ["first_offset"] = damage.FirstOffset,
        ["end_offset"] = damage.EndOffset,
        ["message"] = damage.Message,
    };

    private static string? Known(string? text) => text is { Length: > 0 } ? text : null;
}
