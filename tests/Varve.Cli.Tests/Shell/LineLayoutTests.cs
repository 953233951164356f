using Varve.Cli.Output;
using Varve.Cli.Shell.Editing;

namespace Varve.Cli.Tests.Shell;

/// <summary>Where text and cursor stand on a screen.</summary>
public sealed class LineLayoutTests
{
    [Theory]
    [InlineData("abc", 3, "> abc", 0, 5)]
    [InlineData("abc", 0, "> abc", 0, 2)]
    [InlineData("ab\ncd", 3, "> ab/. cd", 1, 2)]
    [InlineData("ab\n", 3, "> ab/. ", 1, 2)]
    [InlineData("abcdefghij", 10, "> abcdefgh/ij", 1, 2)]
    [InlineData("abcdefgh", 8, "> abcdefgh/", 1, 0)]
    [InlineData("abcdefgh\nx", 8, "> abcdefgh//. x", 1, 0)]
    [InlineData("日本語日本", 4, "> 日本語日/本", 1, 0)]
    [InlineData("a日本語日本", 4, "> a日本語/日本", 1, 0)]
    [InlineData("a\tb", 2, "> a    b", 0, 7)]
    public void Rows_are_as_wide_as_the_screen(string text, int cursor, string rows, int row, int column)
    {
        LineLayout layout = LineLayout.Of(text, cursor, "> ", ". ", width: 10);

        Assert.Equal(rows, string.Join('/', layout.Rows));
        Assert.Equal((row, column), (layout.CursorRow, layout.CursorColumn));
        Assert.All(layout.Rows, r => Assert.InRange(DisplayWidth.Of(r), 0, 10));
    }

    [Fact]
    public void What_does_not_fit_the_screen_is_shown_around_the_cursor()
    {
        string text = string.Join('\n', Enumerable.Range(0, 20));

        LineLayout end = LineLayout.Of(text, text.Length, "", "", width: 10).Within(5);
        LineLayout start = LineLayout.Of(text, 0, "", "", width: 10).Within(5);

        Assert.Equal(["15", "16", "17", "18", "19"], end.Rows);
        Assert.Equal((4, 2), (end.CursorRow, end.CursorColumn));
        Assert.Equal(["0", "1", "2", "3", "4"], start.Rows);
        Assert.Equal((0, 0), (start.CursorRow, start.CursorColumn));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("zwölf", 5)]
    [InlineData("e\u0301", 1)]
    [InlineData("日本", 4)]
    [InlineData("한", 2)]
    [InlineData("👩‍🚀", 2)]
    [InlineData("ｆ", 2)]
    public void Width_is_that_of_terminals(string text, int width) => Assert.Equal(width, DisplayWidth.Of(text));

    [Fact]
    public void Candidates_are_listed_in_columns()
    {
        Assert.Equal(["a    bb", "ccc"], CandidateList.Lines(["a", "bb", "ccc"], width: 10));
        Assert.Equal("... and 100 more", CandidateList.Lines([.. Enumerable.Range(0, 200).Select(i => $"{i}")], width: 10).Last());
    }
}
