using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Cli.Shell.Editing;
using Varve.Cli.Shell.Sql;
using Varve.Cli.Streams;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Shell;

/// <summary>The commands that begin with a backslash. One caller.</summary>
internal sealed class MetaCommands
{
    private const string Off = "off";

    private static readonly string[] Switches = ["on", Off];

    private readonly VarveClient _client;
    private readonly ShellState _state;
    private readonly MetaCommand[] _all;

    public MetaCommands(VarveClient client, ShellState state)
    {
        _client = client;
        _state = state;
        _all =
        [
            new("\\d", "[STREAM]", "list the streams, or describe one", DescribeAsync),
            new("\\x", "[on|off]", "a line a value instead of a table", Do(a =>
                _state.Format = Switch(a, _state.Format == RowFormats.Expanded) ? RowFormats.Expanded : RowFormats.Table)),
            new("\\format", "[NAME]", $"how rows are printed: {string.Join(", ", RowFormats.All)}", Do(SetFormat)),
            new("\\o", "[FILE]", "write answers to a new file, or print them again", Do(a => _state.OpenOutput(a.Length > 0 ? a : null))),
            new("\\timing", "[on|off]", "tell how long each statement took", Do(a => _state.ShowsTiming = Switch(a, _state.ShowsTiming))),
            new("\\position", "[on|off]", "tell the log position of each answer", Do(a => _state.ShowsPosition = Switch(a, _state.ShowsPosition))),
            new("\\min-position", "N|off", "wait until this log position is visible", Do(a =>
                _state.View = _state.View with { MinPosition = ViewText.Position(a) })),
            new("\\as-of-position", "N|off", "see the streams as they were at this log position", Do(a =>
                _state.View = new ViewOptions { AsOfPosition = ViewText.Position(a) })),
            new("\\as-of-time", "TIME|off", "see only rows that were accepted until then", Do(a =>
                _state.View = new ViewOptions { AsOfTime = a == Off ? null : ViewText.Time("\\as-of-time", a) })),
            new("\\as-of-offset", "STREAM=N|off", "see only the rows of a stream before this offset", Do(SetOffset)),
            new("\\?", "", "this list", Do(_ => PrintHelp())),
            new("\\q", "", "leave; ctrl-d does too", Do(_ => IsQuit = true)),
        ];
    }

    public bool IsQuit { get; private set; }

    /// <exception cref="CliException">There is no such command, or its argument is none.</exception>
    public async Task RunAsync(string text, CancellationToken cancellation)
    {
        string[] words = text.Trim().TrimEnd(';').Split(
            (char[])[' ', '\t', '\n'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        MetaCommand command = _all.FirstOrDefault(c => c.Name == words[0])
            ?? throw new CliException($"there is no command {words[0]}; \\? lists them");
        string argument = words.Length > 1 ? words[1] : "";
        if (argument.Length > 0 && command.Argument.Length == 0)
            throw new CliException($"{command.Name} takes nothing behind it");
        await command.RunAsync(argument, cancellation);
    }

    public Completion Complete(string text, int cursor, IReadOnlyList<StreamNames> streams)
    {
        string typed = text[..cursor];
        int blank = typed.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return Starting(0, typed, _all.Select(c => c.Name));
        int start = blank + 1;
        return Starting(start, typed[start..], typed[..blank] switch
        {
            "\\d" => streams.Select(s => s.Name),
            "\\format" => RowFormats.All,
            "\\x" or "\\timing" or "\\position" => Switches,
            "\\as-of-offset" => streams.Select(s => s.Name + "="),
            _ => [],
        });
    }

    private static Completion Starting(int start, string typed, IEnumerable<string> candidates) =>
        new(start, [.. candidates.Where(c => c.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)]);

    private async Task DescribeAsync(string stream, CancellationToken cancellation)
    {
        if (stream.Length == 0)
        {
            StreamPrinter.PrintList(await _client.ListStreamsAsync(cancellation: cancellation));
            return;
        }

        DescribeStreamResponse described = await _client.DescribeStorageAsync(stream.Trim('"'), cancellation);
        StreamPrinter.Print(described.Stream, described.Storage);
    }

    private void SetFormat(string name)
    {
        if (name.Length == 0)
            Console.WriteLine(_state.Format);
        else
            _state.Format = RowFormats.All.Contains(name)
                ? name
                : throw new CliException($"\\format {name}: expected one of {string.Join(", ", RowFormats.All)}");
    }

    private void SetOffset(string text)
    {
        if (text == Off)
        {
            _state.View = new ViewOptions();
            return;
        }

        (string stream, long end) = ViewText.Offset("\\as-of-offset", text);
        _state.View = new ViewOptions { AsOfOffsets = new Dictionary<string, long>(_state.View.AsOfOffsets) { [stream] = end } };
    }

    private void PrintHelp()
    {
        int width = _all.Max(c => c.Name.Length + c.Argument.Length) + 3;
        foreach (MetaCommand command in _all)
            Console.WriteLine($"{$"{command.Name} {command.Argument}".PadRight(width)}{command.Description}");
        Console.WriteLine(
            "A statement ends with a semicolon. Ctrl-c drops the line or cancels the statement, ctrl-r searches the history, tab completes.");
    }

    private static bool Switch(string argument, bool isOn) => argument switch
    {
        "" => !isOn,
        "on" => true,
        Off => false,
        _ => throw new CliException($"'{argument}' is neither on nor off"),
    };

    private static Func<string, CancellationToken, Task> Do(Action<string> action) => (argument, _) =>
    {
        action(argument);
        return Task.CompletedTask;
    };
}
