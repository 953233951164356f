using Varve.Cli.CommandLine;
using Varve.Cli.Shell.Editing;
using Varve.Cli.Shell.Sql;
using Varve.Client;

namespace Varve.Cli.Shell;

/// <summary>SQL from a person at a terminal: statements are edited, run, and their failures shown, until he leaves.</summary>
internal sealed class QueryShell : IDisposable
{
    private const string Prompt = "varve> ";
    private const string Continuation = "   ..> ";

    private readonly VarveClient _client;
    private readonly ShellState _state;
    private readonly MetaCommands _commands;
    private readonly StreamCatalog _streams;
    private readonly HistoryFile _file = new(HistoryFile.DefaultPath);
    private readonly HistoryList _history;
    private readonly TerminalKeys _keys = new();
    private readonly LineReader _lines;

    public QueryShell(VarveClient client, ShellState state)
    {
        _client = client;
        _state = state;
        _commands = new MetaCommands(client, state);
        _streams = new StreamCatalog(client, TimeProvider.System);
        _history = new HistoryList(_file.Load(), HistoryFile.EntriesMax);
        _lines = new LineReader(_keys, Console.Out, new LineEditor(_history, Statements.IsComplete), CompleteAsync);
    }

    public async Task RunAsync(string endpoint, CancellationToken cancellation)
    {
        Console.WriteLine($"SQL on {endpoint}. A statement ends with a semicolon; \\? for help, \\q to leave.");
        if (_file.Failure is { } failure)
            Console.WriteLine($"The history is not kept: {failure}");
        while (!_commands.IsQuit && await _lines.ReadAsync(Prompt, Continuation, cancellation) is { } text)
        {
            Remember(text.TrimEnd());
            await RunTextAsync(text, cancellation);
        }
    }

    public void Dispose() => _keys.Dispose();

    private void Remember(string text)
    {
        if (_history.Add(text))
            _file.Add(text);
    }

    /// <summary>Runs what was typed; the first failure, or ctrl-c, ends it.</summary>
    private async Task RunTextAsync(string text, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _keys.OnInterrupt(stop.Cancel);
        try
        {
            if (Statements.IsMeta(text))
                await _commands.RunAsync(text, stop.Token);
            else
                await RunStatementsAsync(Statements.Split(text).Complete, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("cancelled");
        }
        catch (Exception e) when (e is CliException || CommandRunner.IsExpected(e))
        {
            await Console.Error.WriteLineAsync($"error: {FailureText.Of(e)}");
        }
        finally
        {
            _keys.OnInterrupt(null);
        }
    }

    private async Task RunStatementsAsync(IReadOnlyList<string> statements, CancellationToken cancellation)
    {
        foreach (string statement in statements)
        {
            if (_state.IsBinaryToTerminal)
                throw new CliException("the format arrow is not for terminals: name a file with \\o FILE, or choose another with \\format");
            _streams.Forget();
            await StatementRunner.RunAsync(_client, statement, _state, cancellation);
        }
    }

    private async Task<Completion> CompleteAsync(string text, int cursor, CancellationToken cancellation)
    {
        IReadOnlyList<StreamNames> streams = await _streams.GetAsync(cancellation);
        return Statements.IsMeta(text) ? _commands.Complete(text, cursor, streams) : SqlCompleter.Complete(text, cursor, streams);
    }
}
