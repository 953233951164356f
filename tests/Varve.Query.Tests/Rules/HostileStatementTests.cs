using System.Text;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Rules;

/// <summary>Statements made to exhaust a stack or the planner: an error, never the end of the process, and the engine goes on.</summary>
public sealed class HostileStatementTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public Task Ten_thousand_nested_parentheses() => EndsWithAnError($"SELECT {new string('(', 10_000)}1{new string(')', 10_000)}");

    [Fact]
    public Task Five_hundred_chained_common_table_expressions() => Ends(Chain(500));

    [Fact]
    public Task Fifty_thousand_terms() =>
        EndsWithAnError("SELECT 1 WHERE " + string.Join(" OR ", Enumerable.Range(0, 50_000).Select(i => $"1 = {i}")));

    [Fact]
    public Task Nine_hundred_nested_functions() => EndsWithAnError($"SELECT {Repeat("abs(", 900)}1{new string(')', 900)}");

    [Fact]
    public Task Deeply_nested_lists() => EndsWithAnError($"SELECT {new string('[', 5000)}1{new string(']', 5000)}");

    [Fact]
    public Task Deeply_nested_subqueries() => Ends($"SELECT * FROM {Repeat("(SELECT * FROM ", 400)}range(1){Repeat(") t", 400)}");

    [Fact]
    public Task Deeply_nested_set_operations() => Ends($"{Repeat("(SELECT 1 UNION ALL ", 400)}SELECT 1{new string(')', 400)}");

    [Fact]
    public Task Deeply_nested_types() => Ends($"SELECT NULL::INT{Repeat("[]", 2000)}");

    [Fact]
    public Task Nested_casts_behind_a_word_that_is_looked_at_closer() =>
        EndsWithAnError($"SELECT -{Repeat("(- ", 5000)}glob_{new string(')', 5000)} AS glob");

    [Fact]
    public async Task A_text_too_long_is_refused_before_it_is_parsed()
    {
        QueryException error = await fixture.Engine.FailAsync("SELECT '" + new string('x', 300_000) + "'");
        Assert.Equal(QueryErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public async Task A_nul_character_hides_nothing() =>
        Assert.Equal(QueryErrorCode.Syntax, (await fixture.Engine.FailAsync("SELECT 1\0; DROP VIEW x")).Code);

    [Theory]
    [InlineData("json_structure({0})")]
    [InlineData("json_group_structure({0}::JSON)")]
    [InlineData("json_contains({0}, '1')")]
    [InlineData("json_merge_patch({0}, {0})")]
    [InlineData("json_deserialize_sql({0}::JSON)")]
    [InlineData("{0}::JSON::VARIANT")]
    [InlineData("TRY_CAST({0}::JSON AS STRUCT(a \"variant\")[])")]
    [InlineData("cast_to_type({0}::JSON, make_type('VARI' || 'ANT'))")]
    [InlineData("from_json('1', {0})")]
    [InlineData("json_transform_strict('1', {0}::JSON)")]
    [InlineData("from_json({0}, '[\"VARIANT\"]')")]
    [InlineData("from_json('1', $1)")]
    [InlineData("repeat('a', 30000) GLOB repeat('a*', 15000)")]
    [InlineData("repeat('a', 30000) ~~~ repeat('a*', 15000)")]
    [InlineData("\"~~~\"(repeat('a', 30000), repeat('a*', 15000))")]
    public async Task Functions_that_no_stack_or_patience_holds_are_refused(string expression)
    {
        string nested = "(repeat('{\"a\":', 400000) || '1' || repeat('}', 400000))";
        Assert.Equal(QueryErrorCode.Refused, (await fixture.Engine.FailAsync(
            "SELECT " + expression.Replace("{0}", nested, StringComparison.Ordinal))).Code);
        Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));
    }

    [Theory]
    [InlineData("from_json('{\"a\": [1, 2], \"b\": \"x\"}', '{\"a\": [\"INT\"], \"b\": \"VARCHAR\"}')", "{\"a\":[1,2],\"b\":\"x\"}")]
    [InlineData("'{\"a\": {\"b\": 7}}'::JSON -> 'a' ->> 'b'", "7")]
    [InlineData("json_keys('{\"variant\": 1}')", "[\"variant\"]")]
    public async Task Ordinary_json_works(string expression, string expected) =>
        Assert.Equal(expected, await fixture.Engine.OneAsync("SELECT " + expression));

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Chain(int count) =>
        "WITH " + string.Join(", ", Enumerable.Range(0, count).Select(
            i => i == 0 ? "t0 AS (SELECT 1 AS a)" : $"t{i} AS (SELECT a + 1 AS a FROM t{i - 1})"))
        + $" SELECT * FROM t{count - 1}";

    private async Task EndsWithAnError(string sql)
    {
        await fixture.Engine.FailAsync(sql);
        Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));
    }

    /// <summary>Whether it works or not: it ends.</summary>
    private async Task Ends(string sql)
    {
        await Record.ExceptionAsync(() => fixture.Engine.ReadAsync(sql));
        Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));
    }
}
