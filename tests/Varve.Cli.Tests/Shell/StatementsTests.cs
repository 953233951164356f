using Varve.Cli.Shell.Sql;

namespace Varve.Cli.Tests.Shell;

/// <summary>Where statements end.</summary>
public sealed class StatementsTests
{
    [Theory]
    [InlineData("select 1;", "select 1", "")]
    [InlineData("a; b;c", "a|b", "c")]
    [InlineData(";; a ;;", "a", "")]
    [InlineData("select ';' ; x", "select ';'", " x")]
    [InlineData("select 'it''s;' ;", "select 'it''s;'", "")]
    [InlineData("select e'\\';' ;", "select e'\\';'", "")]
    [InlineData("select \"a;\"\"b\";", "select \"a;\"\"b\"", "")]
    [InlineData("select $$ ; $$;", "select $$ ; $$", "")]
    [InlineData("select $t$ ; $$ ; $t$, $1;", "select $t$ ; $$ ; $t$, $1", "")]
    [InlineData("-- ;\nselect 1;", "-- ;\nselect 1", "")]
    [InlineData("/* ; /* ; */ ; */ select 1;", "/* ; /* ; */ ; */ select 1", "")]
    [InlineData("/* only */; select 1;", "select 1", "")]
    [InlineData("select 'open;", "", "select 'open;")]
    [InlineData("select /* open;", "", "select /* open;")]
    public void A_semicolon_ends_a_statement_only_in_its_own_right(string text, string complete, string rest)
    {
        (IReadOnlyList<string> found, string open) = Statements.Split(text);

        Assert.Equal(complete, string.Join('|', found));
        Assert.Equal(rest, open);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("  \n", true)]
    [InlineData("-- a comment", true)]
    [InlineData("/* open", false)]
    [InlineData("select", false)]
    [InlineData("select 1; -- done", true)]
    [InlineData("select 1; select", false)]
    [InlineData("\\d", true)]
    public void Enter_runs_what_is_complete(string text, bool isComplete) => Assert.Equal(isComplete, Statements.IsComplete(text));
}
