using Varve.Server.FlightSql.Metadata;

namespace Varve.Server.Tests.FlightSql;

public class LikePatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("%", "", true)]
    [InlineData("%", "anything at all", true)]
    [InlineData("fl_ghts", "flights", true)]
    [InlineData("fl_ghts", "flghts", false)]
    [InlineData("fl%", "flights", true)]
    [InlineData("%ght%", "flights", true)]
    [InlineData("%ghts", "flights", true)]
    [InlineData("%ght", "flights", false)]
    [InlineData("f%i%s", "flights", true)]
    [InlineData("Flights", "flights", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData(@"a\_c", "a_c", true)]
    [InlineData(@"a\_c", "abc", false)]
    [InlineData(@"100\%", "100%", true)]
    [InlineData(@"100\%", "1000", false)]
    [InlineData(@"a\\b", @"a\b", true)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData("_", "\U0001F600", true)]
    [InlineData("%a%a%a%", "aa", false)]
    [InlineData("%aab", "aaab", true)]
    public void A_pattern_matches_as_like_does(string pattern, string text, bool isMatch) =>
        Assert.Equal(isMatch, new LikePattern(pattern).Matches(text));

    [Fact]
    public void An_absent_pattern_matches_everything() => Assert.True(LikePattern.Matches(null, "x"));

    [Fact]
    public void A_hostile_pattern_takes_no_more_than_pattern_times_text()
    {
        string pattern = string.Concat(Enumerable.Repeat("%a", 2_000)) + "b";
        string text = new('a', 2_000);

        // With every % tried at every place this would not end within the age of the universe.
        Assert.False(new LikePattern(pattern).Matches(text));
    }
}
