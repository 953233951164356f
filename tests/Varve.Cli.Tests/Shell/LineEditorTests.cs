using System.Text;
using Varve.Cli.Shell.Editing;

namespace Varve.Cli.Tests.Shell;

/// <summary>The editor, by the bytes of real keys.</summary>
public sealed class LineEditorTests
{
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Left = "\e[D";

    [Theory]
    [InlineData("abc", "abc|")]
    [InlineData("abc\e[D\e[Dx", "ax|bc")]
    [InlineData("abc\eOD\eODx", "ax|bc")]
    [InlineData("abc\u0001x", "x|abc")]
    [InlineData("abc\e[Hx\e[Fy", "xabcy|")]
    [InlineData("abc\e[1~x\e[4~y", "xabcy|")]
    [InlineData("abc\u0001\u0005x", "abcx|")]
    [InlineData("abc\u0002\u0002\u0006x", "abx|c")]
    [InlineData("abc\u007F", "ab|")]
    [InlineData("abc\u0001\e[3~", "|bc")]
    [InlineData("abc\u0001\u0004", "|bc")]
    [InlineData("one two\eb\u000B", "one |")]
    [InlineData("one two\eb\u0015", "|two")]
    [InlineData("one two.three\u0017", "one |")]
    [InlineData("one two\u0001\ed", "| two")]
    [InlineData("one two\e[1;5D\e[1;5D\e[1;5Cx", "onex| two")]
    [InlineData("one two\u0017\u0001\u0019", "two|one ")]
    [InlineData("one two three\u0017\u0017\u0019", "one two three|")]
    [InlineData("a\u000Bb\u0019", "ab|")]
    [InlineData("select\r1", "select\n1|")]
    [InlineData("a;\e\rb", "a;\nb|")]
    [InlineData("\e[31mx\e[99~y\u001Cz", "xyz|")]
    public void Keys_edit(string keys, string shown) => Assert.Equal(shown, new TypedEditor().Type(keys).Shown);

    [Theory]
    [InlineData("日本x", Left + Left, "日|本x")]
    [InlineData("e\u0301x", Left + Left, "|e\u0301x")]
    [InlineData("👩‍🚀", Left, "|👩‍🚀")]
    [InlineData("a👩‍🚀", "\u007F", "a|")]
    public void The_cursor_steps_over_whole_letters(string text, string keys, string shown) =>
        Assert.Equal(shown, new TypedEditor().Type(text).Type(keys).Shown);

    [Fact]
    public void Keys_may_come_a_byte_at_a_time()
    {
        var editor = new TypedEditor();
        foreach (byte b in Encoding.UTF8.GetBytes("zwölf\e[D\e[1;5D日\e[200~a;\r\nb\e[201~!"))
            editor.Type([b]);
        Assert.Equal("日a;\nb!|zwölf", editor.Shown);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_dropped() => Assert.Equal("ab|", new TypedEditor().Type([(byte)'a', 0xFF, (byte)'b']).Shown);

    [Fact]
    public void Enter_takes_what_is_complete_and_only_that()
    {
        Assert.Equal(EditorOutcome.Editing, new TypedEditor().Type("select ';\r").Outcome);
        Assert.Equal(EditorOutcome.Editing, new TypedEditor().Type("select 1\r").Outcome);
        Assert.Equal(EditorOutcome.Accepted, new TypedEditor().Type("select 1\r;\r").Outcome);
        Assert.Equal(EditorOutcome.Accepted, new TypedEditor().Type("\\d x\r").Outcome);
        Assert.Equal(EditorOutcome.Accepted, new TypedEditor().Type("\r").Outcome);
    }

    [Fact]
    public void Control_c_drops_and_control_d_ends_only_an_empty_text()
    {
        Assert.Equal(EditorOutcome.Interrupted, new TypedEditor().Type("abc\u0003").Outcome);
        Assert.Equal(EditorOutcome.Editing, new TypedEditor().Type("abc\u0004").Outcome);
        Assert.Equal(EditorOutcome.Ended, new TypedEditor().Type("\u0004").Outcome);
    }

    [Fact]
    public void A_paste_is_text_whatever_is_in_it()
    {
        TypedEditor editor = new TypedEditor().Type("\e[200~select\r\n\t1;\rselect\u0003 2;\e[201~");

        Assert.Equal("select\n\t1;\nselect 2;|", editor.Shown);
        Assert.Equal(EditorOutcome.Accepted, editor.Type("\r").Outcome);
    }

    [Fact]
    public void Up_and_down_go_through_lines_then_through_the_history()
    {
        TypedEditor editor = new TypedEditor("old;", "new\nest;").Type("draft");

        Assert.Equal("new\nest;|", editor.Type(Up).Shown);
        Assert.Equal("new|\nest;", editor.Type(Up).Shown);
        Assert.Equal("old;|", editor.Type(Up).Shown);
        Assert.Equal("old;|", editor.Type(Up).Shown);
        Assert.Equal("new\nest;|", editor.Type(Down).Shown);
        Assert.Equal("draft|", editor.Type(Down).Shown);
        Assert.Equal("draft|", editor.Type(Down).Shown);
        Assert.Equal("new\nest;|", editor.Type("\u0010").Shown);
        Assert.Equal("old;|", editor.Type("\u0010").Shown);
    }

    [Fact]
    public void Control_r_finds_older_statements_and_can_be_left()
    {
        TypedEditor editor = new TypedEditor("select alpha;", "select beta;", "select alphabet;").Type("dra\u0012alp");

        Assert.Equal("(search) alp: ", editor.SearchPrompt);
        Assert.Equal("select alphabet;", editor.Text);
        Assert.Equal("select alpha;", editor.Type("\u0012").Text);
        Assert.Equal("select alpha;", editor.Type("\u0012").Text);
        Assert.Equal("dra", editor.Type("\u0007").Text);
        Assert.Null(editor.SearchPrompt);
        Assert.Equal("select beta!|;", editor.Type("\u0012beta\e[D!").Shown);
        Assert.Equal(EditorOutcome.Accepted, new TypedEditor("select beta;").Type("\u0012bet\r").Outcome);
    }

    [Fact]
    public void A_completion_puts_in_what_is_certain_and_gives_the_rest_to_choose_from()
    {
        TypedEditor editor = new TypedEditor().Type("from fli");
        Assert.Empty(editor.Complete(new Completion(5, ["flights", "flight_logs"])));
        Assert.Equal("from flight|", editor.Shown);
        Assert.Equal(["flights", "flight_logs"], editor.Complete(new Completion(5, ["flights", "flight_logs"])));
        Assert.Empty(editor.Complete(new Completion(5, ["flights"])));
        Assert.Equal("from flights |", editor.Shown);
        Assert.Empty(editor.Complete(new Completion(13, [])));
    }

    [Fact]
    public void The_history_leaves_out_what_is_hidden_or_the_same_and_is_bounded()
    {
        var history = new HistoryList(["a", "b", "c"], countMax: 3);
        Assert.False(history.Add("c"));
        Assert.False(history.Add(" secret"));
        Assert.False(history.Add(""));
        Assert.True(history.Add("d"));
        Assert.Equal(["b", "c", "d"], history.Entries);
    }
}
