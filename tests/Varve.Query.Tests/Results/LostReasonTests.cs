using Varve.Arrow;
using Varve.Query.Sessions;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Results;

/// <summary>Statements that DuckDB says were interrupted, though nobody has stopped them.</summary>
public sealed class LostReasonTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task The_reason_of_a_failure_is_found() =>
        Assert.Equal(
            QueryErrorCode.InvalidValue,
            (await InterruptAsync("SELECT CASE WHEN range < 2900000 THEN range ELSE ('x' || range)::BIGINT END FROM range(3000000)")).Code);

    [Fact]
    public async Task Where_there_is_none_it_is_no_cancelled_statement()
    {
        QueryException failure = await InterruptAsync("SELECT range FROM range(3000000)");
        Assert.Equal(QueryErrorCode.Internal, failure.Code);
        Assert.Equal(QueryErrorCode.Cancelled, Assert.IsType<QueryException>(failure.InnerException).Code);
    }

    private async Task<QueryException> InterruptAsync(string sql)
    {
        SqlSession session = fixture.Engine.Database.Rent();
        fixture.Engine.Database.Return(session);
        await using QueryResult result = await fixture.Engine.ExecuteAsync(sql);
        return await Assert.ThrowsAsync<QueryException>(async () =>
        {
            bool isInterrupted = false;
            await foreach (RecordBatch _ in result.ReadAllAsync())
            {
                if (!isInterrupted)
                    session.Connection.Interrupt();
                isInterrupted = true;
            }
        });
    }
}
