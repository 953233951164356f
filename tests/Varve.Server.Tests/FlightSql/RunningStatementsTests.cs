using Google.Protobuf;
using Varve.Server.FlightSql.Statements;

namespace Varve.Server.Tests.FlightSql;

public class RunningStatementsTests
{
    private static readonly ByteString Id = ByteString.CopyFromUtf8("an id");

    private readonly RunningStatements _running = new();

    [Fact]
    public async Task All_executions_of_an_id_are_cancelled_and_no_other()
    {
        using RunningStatement first = _running.Start(Id, CancellationToken.None);
        using RunningStatement second = _running.Start(Id, CancellationToken.None);
        using RunningStatement other = _running.Start(ByteString.CopyFromUtf8("another"), CancellationToken.None);

        Assert.True(_running.Cancel(Id));

        await EndAsync(first);
        await EndAsync(second);
        Assert.True(first.IsCancelledByRequest);
        Assert.False(other.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_has_ended_cannot_be_cancelled()
    {
        _running.Start(Id, CancellationToken.None).Dispose();

        Assert.False(_running.Cancel(Id));
    }

    [Fact]
    public async Task A_caller_that_goes_away_ends_its_execution()
    {
        using var caller = new CancellationTokenSource();
        using RunningStatement running = _running.Start(Id, caller.Token);

        await caller.CancelAsync();

        Assert.True(running.Token.IsCancellationRequested);
        Assert.False(running.IsCancelledByRequest);
    }

    [Fact]
    public void An_execution_without_an_id_is_not_found()
    {
        using RunningStatement running = _running.Start(ByteString.Empty, CancellationToken.None);

        Assert.False(_running.Cancel(ByteString.Empty));
        Assert.False(running.Token.IsCancellationRequested);
    }

    private static async Task EndAsync(RunningStatement running) =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(TimeSpan.FromMinutes(1), running.Token));
}
