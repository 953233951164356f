using System.Text.Json;
using Varve.EndToEnd.Tests.Clients;
using Varve.EndToEnd.Tests.CommandLine;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Shell;

/// <summary>`varve query` without a statement: at a pseudo-terminal, by keys, and with statements on standard input.</summary>
public sealed class QueryShellTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromMinutes(5);

    private VarveDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task A_person_at_a_terminal_edits_completes_recalls_cancels_and_leaves()
    {
        (await Daemon.RunWithInputAsync("n,name\n1,eins\n2,zwei\n3,drei\n", "append", "people", "-", "--input", "csv")).Successful();
        (await Daemon.RunAsync("stream", "create", "places", "-c", "id int64")).Successful();
        string arguments = JsonSerializer.Serialize(new
        {
            command = new[] { "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "varve.dll"), "query", "--endpoint", Daemon.Endpoint },
            state = shared.File("state"),
        });

        ClientAnswer answer = ClientAnswer.Parse(await ProgramRun.RunAsync(
            DebianPackages.Python, ["shell.py", arguments], Path.Combine(RepositoryRoot.Path, "tests", "clients", "python"), SessionTimeout));

        Assert.Empty(answer.FailedSteps.Select(answer.Error));
        Assert.Equal("0", answer.Text("end"));
        Assert.Equal("0", answer.Text("quit"));
        Assert.Equal("\"0o600\"", answer.Text("history mode"));
    }

    [Fact]
    public async Task Statements_on_standard_input_run_one_after_the_other()
    {
        const string script = """
            -- makes and fills
            create table piped (n bigint, text varchar);
            insert into piped values (1, 'a;b'),
              (2, null);
            \format csv
            select n, text
              from piped order by n; select 'last' as word
            """;

        VarveResult result = await Daemon.RunWithInputAsync(script, "query");

        Assert.EndsWith("n,text\n1,a;b\n2,\nword\nlast\n", result.Successful(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_failure_ends_a_script()
    {
        VarveResult result = await Daemon.RunWithInputAsync("select 1 as one; selekt 2; select 3 as three;", "query", "--format", "csv");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("one\n1\n", result.Output);
        Assert.Contains("selekt", result.Errors, StringComparison.Ordinal);
    }
}
