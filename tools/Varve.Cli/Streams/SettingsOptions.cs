using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Varve.Cli.CommandLine;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>The options of a stream's settings, the same for making a stream and for changing one.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string?> _clusterBy = new("--cluster-by")
    {
        Description = "Order the rows of segments by these columns, comma-separated, so that conditions on them read little; none: as rows come.",
        HelpName = "A,B,...",
    };

    private readonly Option<string?> _retainFor = new("--retain-for")
    {
        Description = "Let rows go that are older, such as 90m, 36h, 30d or 8w; forever: keep them. Whole segments go, so rows stay a little longer.",
        HelpName = "AGE",
    };

    private readonly Option<string?> _retainRows = new("--retain-rows")
    {
        Description = "Let the oldest rows go, but keep at least so many; all: keep every row.",
        HelpName = "N",
    };

    private readonly Option<string?> _retainBytes = new("--retain-bytes")
    {
        Description = "Let the oldest rows go, but keep at least so many bytes of segments, such as 10GiB; all: keep every row.",
        HelpName = "BYTES",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_clusterBy);
        command.Options.Add(_retainFor);
        command.Options.Add(_retainRows);
        command.Options.Add(_retainBytes);
    }

    /// <summary>What was said, as a change; null where nothing was.</summary>
    /// <exception cref="CliException">A value is not one.</exception>
    public SettingsChange? Read(ParseResult parsed)
    {
        var change = new SettingsChange();
        if (parsed.GetValue(_clusterBy) is { } columns)
            change.ClusterBy = new SettingsChange.Types.Columns { Names = { Columns(columns) } };
        if (parsed.GetValue(_retainFor) is { } age)
            change.RetainFor = Duration.FromTimeSpan(age == "forever" ? TimeSpan.Zero : QuantityText.Age(_retainFor.Name, age));
        if (parsed.GetValue(_retainRows) is { } rows)
            change.RetainRows = rows == "all" ? 0 : QuantityText.Count(_retainRows.Name, rows);
        if (parsed.GetValue(_retainBytes) is { } bytes)
            change.RetainBytes = bytes == "all" ? 0 : QuantityText.Bytes(_retainBytes.Name, bytes);
        return change.Equals(new SettingsChange()) ? null : change;
    }

    /// <summary>The settings of a new stream.</summary>
    public StreamSettings? ReadNew(ParseResult parsed)
    {
        if (Read(parsed) is not { } change)
            return null;
        var settings = new StreamSettings { ClusterBy = { change.ClusterBy?.Names ?? [] } };
        if (change.RetainFor is { } age && age.ToTimeSpan() != TimeSpan.Zero)
            settings.RetainFor = age;
        if (change.RetainRows != 0)
            settings.RetainRows = change.RetainRows;
        if (change.RetainBytes != 0)
            settings.RetainBytes = change.RetainBytes;
        return settings;
    }

    private static string[] Columns(string text) =>
        text == "none" ? [] : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
