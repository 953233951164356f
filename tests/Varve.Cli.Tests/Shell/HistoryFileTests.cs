using Varve.Cli.Shell;
using Varve.Testing;

namespace Varve.Cli.Tests.Shell;

/// <summary>What is kept from one session to the next.</summary>
public sealed class HistoryFileTests : IDisposable
{
    private readonly TempDirectory _directory = new("history");

    private string Path => _directory.File("state", "varve", "query_history");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Statements_of_many_lines_come_back_and_nobody_else_may_read_them()
    {
        string[] statements = ["select 1;", "select\n'a\\nb'\nfrom x;", "\\d", "日本"];
        var file = new HistoryFile(Path);
        Assert.Empty(file.Load());
        foreach (string statement in statements)
            file.Add(statement);

        Assert.Equal(statements, new HistoryFile(Path).Load());
        Assert.Null(file.Failure);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_file_that_has_grown_is_shortened()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllLines(Path, Enumerable.Range(0, (2 * HistoryFile.EntriesMax) + 5).Select(i => $"{i}"));

        IReadOnlyList<string> loaded = new HistoryFile(Path).Load();

        Assert.Equal(HistoryFile.EntriesMax, loaded.Count);
        Assert.Equal($"{(2 * HistoryFile.EntriesMax) + 4}", loaded[^1]);
        Assert.Equal(loaded, File.ReadAllLines(Path));
    }

    [Fact]
    public void Where_it_cannot_be_kept_the_session_goes_on()
    {
        File.WriteAllText(_directory.File("state"), "in the way");
        var file = new HistoryFile(Path);

        Assert.Empty(file.Load());
        file.Add("select 1;");

        Assert.NotNull(file.Failure);
    }
}
