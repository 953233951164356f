using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Sessions;

/// <summary>Memory that DuckDB does not count. The limit stays for the rest of the test process, which needs far less.</summary>
public sealed class ProcessMemoryLimitTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    private const long LimitBytes = 10L << 30;

    [Theory]
    [InlineData("SELECT len(range(4000000000))")]
    [InlineData("SELECT generate_series(1, 3000000000)")]
    [InlineData("SELECT list_transform(range(2500000000), x -> x || 'abc')")]
    public async Task Expressions_that_ask_for_too_much_end_their_statement_and_not_the_process(string sql)
    {
        long limit = ProcessMemoryLimit.Lower(LimitBytes);
        Assert.InRange(limit, 1, LimitBytes);
        Assert.Equal(limit, ProcessMemoryLimit.Lower(long.MaxValue));
        Assert.Equal(QueryErrorCode.OutOfMemory, (await fixture.Engine.FailAsync(sql)).Code);
        Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));
    }
}
