using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Ipc;

public class FuzzCorpusTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Corpus =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Data("arrow-fuzz"), "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(RepositoryRoot.Data("arrow-fuzz"), p))
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void The_whole_corpus_is_there() => Assert.Equal(24, Corpus.Count);

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_file_that_once_crashed_a_reader_ends_in_an_error_or_valid_batches(string name)
    {
        bool isFile = name.StartsWith("file", StringComparison.Ordinal);
        ArrowFormatException? error = Damage.Read(File.ReadAllBytes(RepositoryRoot.Data("arrow-fuzz", name)), isFile, Longest);
        output.WriteLine(error?.Message ?? "valid");
        Assert.NotEqual("", error?.Message);
    }

    /// <summary>Most files of the corpus are damaged in their first bytes too, which some readers do not look at.</summary>
    [Theory]
    [MemberData(nameof(Corpus))]
    public void The_same_holds_for_a_file_whose_head_is_mended(string name)
    {
        if (name.StartsWith("stream", StringComparison.Ordinal))
            return;
        byte[] file = File.ReadAllBytes(RepositoryRoot.Data("arrow-fuzz", name));
        "ARROW1\0\0"u8.CopyTo(file);
        ArrowFormatException? error = Damage.Read(file, isFile: true, Longest);
        output.WriteLine(error?.Message ?? "valid");
        Assert.NotEqual("", error?.Message);
    }
}
