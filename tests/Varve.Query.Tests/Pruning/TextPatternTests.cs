using System.Text;
using Varve.Query.Pruning.Conditions;
using Varve.Query.Tests.Fixtures;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Pruning;

/// <summary>Patterns match what DuckDB's LIKE matches.</summary>
public sealed class TextPatternTests(ITestOutputHelper output)
{
    private static readonly string[] Pieces = ["%", "_", "a", "b", "ab", "é", "日", "\U0001F600", "!", "!%", "!_", "!!", "aa"];

    [Theory]
    [InlineData("abc", "a%", true)]
    [InlineData("abc", "%b%", true)]
    [InlineData("abc", "%c", true)]
    [InlineData("abc", "a_c", true)]
    [InlineData("aéc", "a_c", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("", "%", true)]
    [InlineData("", "", true)]
    [InlineData("", "_", false)]
    [InlineData("aab", "%a_", true)]
    [InlineData("abab", "%ab%ab", true)]
    [InlineData("aba", "%ab%ba", false)]
    [InlineData("日本", "__", true)]
    [InlineData("日本", "______", false)]
    public void A_pattern_matches_as_it_should(string text, string pattern, bool isMatch) =>
        Assert.Equal(isMatch, TextPattern.Like(Encoding.UTF8.GetBytes(pattern), null)!.IsMatch(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_pattern_that_ends_with_the_escape_is_none() => Assert.Null(TextPattern.Like("ab!"u8, (byte)'!'));

    [Fact]
    public void Random_patterns_match_as_duckdb_says()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        using var native = new NativeTables();
        native.Execute("CREATE TABLE texts(t VARCHAR)");
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => Join(random, 8, noEscape: true)).Distinct()];
        native.Execute($"INSERT INTO texts VALUES {string.Join(", ", texts.Select(t => $"('{t}')"))}");
        int matches = 0;
        for (int i = 0; i < 300; i++)
        {
            bool hasEscape = random.Next(2) == 0;
            string pattern = Join(random, 5, noEscape: false);
            if (hasEscape && TextPattern.Like(Encoding.UTF8.GetBytes(pattern), (byte)'!') is null)
                continue;
            string sql = $"SELECT t FROM texts WHERE t LIKE '{pattern}'{(hasEscape ? " ESCAPE '!'" : "")}";
            string[] expected = [.. native.ReadText(sql).Order(StringComparer.Ordinal)];
            TextPattern tested = TextPattern.Like(Encoding.UTF8.GetBytes(pattern), hasEscape ? (byte)'!' : null)!;
            string[] actual = [.. texts.Where(t => tested.IsMatch(Encoding.UTF8.GetBytes(t))).Order(StringComparer.Ordinal)];
            Assert.True(
                expected.SequenceEqual(actual),
                $"{pattern}: not {string.Join(", ", expected.Except(actual))}, but {string.Join(", ", actual.Except(expected))}");
            Assert.All(actual, t => Assert.True(Encoding.UTF8.GetBytes(t).AsSpan().StartsWith(tested.Prefix), $"{t} begins with {pattern}'s prefix"));
            matches += actual.Length;
        }

        Assert.True(matches > 100);
    }

    private static string Join(Random random, int countMax, bool noEscape) =>
        string.Concat(Enumerable.Range(0, random.Next(countMax)).Select(_ => Pieces[random.Next(noEscape ? 2 : 0, noEscape ? 9 : Pieces.Length)]));
}
