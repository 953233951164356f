using Varve.Server.Configuration;

namespace Varve.Server.Tests.Configuration;

public class DurationTextTests
{
    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0s", 0, "0")]
    [InlineData("250ms", 250, "250ms")]
    [InlineData("30 s", 30_000, "30s")]
    [InlineData("90s", 90_000, "90s")]
    [InlineData("120m", 7_200_000, "2h")]
    [InlineData("6h", 21_600_000, "6h")]
    [InlineData("14d", 1_209_600_000, "14d")]
    public void A_duration_is_read_and_shown_in_the_largest_unit_that_fits(string text, long milliseconds, string shown)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
        Assert.Equal(shown, DurationText.Show(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("ms")]
    [InlineData("-5s")]
    [InlineData("1.5h")]
    [InlineData("6H")]
    [InlineData("2w")]
    [InlineData("9223372036854775807d")]
    [InlineData("99999999999999999999s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
