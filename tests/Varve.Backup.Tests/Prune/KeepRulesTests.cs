namespace Varve.Backup.Tests.Prune;

public sealed class KeepRulesTests
{
    [Fact]
    public void The_newest_of_each_period_stays()
    {
        Assert.True(KeepRules.TryParse("2d/3w/2m", out KeepRules rules));
        Assert.Equal(new KeepRules(0, 2, 3, 2, 0), rules);
        DateTimeOffset[] kept = [.. rules.Kept(
            [At(11, 28, 5), At(11, 28, 1), At(11, 27, 23), At(11, 27, 2), At(11, 22, 9), At(11, 16, 9), At(11, 8, 9), At(10, 31, 9), At(10, 1, 9), At(9, 9, 9)]).Order()];

        // Two days, three weeks (23, 16 and 9 to 15 November has none, so that of the 2nd), two months.
        Assert.Equal([At(10, 31, 9), At(11, 8, 9), At(11, 22, 9), At(11, 27, 23), At(11, 28, 5)], kept);
    }

    [Fact]
    public void The_newest_of_all_stays_whatever_the_rules_are() =>
        Assert.Equal([At(1, 2, 3)], new KeepRules(0, 0, 0, 0, 0).Kept([At(1, 2, 3), At(1, 1, 1)]));

    [Theory]
    [InlineData("")]
    [InlineData("14")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1d/2d")]
    [InlineData("1x")]
    public void What_is_no_rule_is_refused(string text) => Assert.False(KeepRules.TryParse(text, out _));

    private static DateTimeOffset At(int month, int day, int hour) => new(2026, month, day, hour, 0, 0, TimeSpan.Zero);
}
