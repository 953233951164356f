using Varve.Arrow;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests;

public sealed class QueryTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task Selects_without_a_stream() => Assert.Equal("42", await fixture.Engine.OneAsync("SELECT 42"));

    [Fact]
    public async Task Sees_what_was_appended()
    {
        await fixture.CreateAsync(
            "first",
            TestArrays.Batch(("a", ArrowTypes.Int64, [1L, null, 3L]), ("s", ArrowTypes.Utf8, ["x", "a text of more than twelve", null])));
        Assert.Equal(["1|x|0", "null|a text of more than twelve|1", "3|null|2"],
            await fixture.Engine.ReadAsync("SELECT a, s, _offset FROM first ORDER BY _offset"));
        Assert.Equal("3", await fixture.Engine.OneAsync("SELECT count(*) FROM first"));
    }
}
