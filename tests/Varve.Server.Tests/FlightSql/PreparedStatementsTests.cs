using Google.Protobuf;
using Varve.Arrow;
using Varve.Server.FlightSql.Statements;

namespace Varve.Server.Tests.FlightSql;

public class PreparedStatementsTests
{
    private static readonly RecordBatch Batch = new(new Schema([new Field("x", ArrowTypes.Null)]), 1, [new ArrayData(ArrowTypes.Null, 1, 1, [])]);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_statement_is_found_by_its_handle_until_it_is_closed()
    {
        var statements = new PreparedStatements(_time);
        PreparedStatement statement = statements.Add("me", "select 1", parameterSchema: null);

        Assert.Same(statement, statements.Find(statement.Handle));
        Assert.True(statements.Remove(statement.Handle));
        Assert.Null(statements.Find(statement.Handle));
        Assert.False(statements.Remove(statement.Handle));
    }

    [Fact]
    public void Handles_are_sixteen_bytes_and_never_the_same()
    {
        var statements = new PreparedStatements(_time);

        ByteString[] handles = [.. Enumerable.Range(0, 100).Select(_ => statements.Add("me", "select 1", null).Handle)];

        Assert.All(handles, handle => Assert.Equal(16, handle.Length));
        Assert.Equal(100, handles.Distinct().Count());
    }

    [Fact]
    public void Beyond_the_limit_the_least_recently_used_statement_of_the_same_owner_makes_room()
    {
        var statements = new PreparedStatements(_time, countMaxPerOwner: 2);
        PreparedStatement others = statements.Add("other", "select 0", null);
        PreparedStatement first = statements.Add("me", "select 1", null);
        PreparedStatement second = statements.Add("me", "select 2", null);
        statements.Find(first.Handle);

        PreparedStatement third = statements.Add("me", "select 3", null);

        Assert.Null(statements.Find(second.Handle));
        Assert.NotNull(statements.Find(first.Handle));
        Assert.NotNull(statements.Find(third.Handle));
        Assert.NotNull(statements.Find(others.Handle));
    }

    [Fact]
    public void A_statement_that_is_not_used_expires_and_one_in_use_does_not()
    {
        var statements = new PreparedStatements(_time);
        PreparedStatement idle = statements.Add("me", "select 1", null);
        PreparedStatement busy = statements.Add("me", "select 2", null);
        _time.Advance(PreparedStatements.IdleExpiry - TimeSpan.FromMinutes(1));
        statements.Find(busy.Handle);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(statements.Find(idle.Handle));
        Assert.NotNull(statements.Find(busy.Handle));
    }

    [Fact]
    public void Expired_statements_are_let_go_without_being_asked_for()
    {
        var statements = new PreparedStatements(_time);
        for (int i = 0; i < 10; i++)
            statements.Add($"owner {i}", "select 1", null);
        _time.Advance(PreparedStatements.IdleExpiry + TimeSpan.FromMinutes(1));

        statements.Add("me", "select 2", null);

        Assert.Equal(1, statements.Count);
    }

    [Fact]
    public void Statements_and_what_is_bound_to_them_take_no_more_memory_than_they_may()
    {
        var statements = new PreparedStatements(_time, bytesMax: 1000);
        PreparedStatement first = statements.Add("me", new string('x', 100), null);
        PreparedStatement second = statements.Add("other", new string('x', 100), null);
        PreparedStatement third = statements.Add("me", new string('x', 100), null);
        statements.Find(first.Handle);

        statements.Bind(third, Batch, 500);

        Assert.Null(statements.Find(second.Handle));
        Assert.NotNull(statements.Find(first.Handle));
        Assert.Same(Batch, statements.Find(third.Handle)!.Bound);
        statements.Bind(third, null, 0);
        statements.Add("me", new string('x', 100), null);
        Assert.Equal(3, statements.Count);
    }

    [Fact]
    public void A_statement_that_alone_takes_more_is_kept_until_the_next_one_comes()
    {
        var statements = new PreparedStatements(_time, bytesMax: 100);
        PreparedStatement large = statements.Add("me", new string('x', 1000), null);
        Assert.NotNull(statements.Find(large.Handle));

        PreparedStatement small = statements.Add("me", "select 1", null);

        Assert.Null(statements.Find(large.Handle));
        Assert.NotNull(statements.Find(small.Handle));
    }
}
