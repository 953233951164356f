using Varve.Testing;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>The golden files of Arrow's own integration tests: for each case a stream, a file and the JSON that says what is in them.</summary>
internal static class GoldenFiles
{
    public static IEnumerable<string> Cases() => Directory
        .EnumerateFiles(RepositoryRoot.Data("arrow-golden"), "*.json.gz", SearchOption.AllDirectories)
        .Select(p => Path.GetRelativePath(RepositoryRoot.Data("arrow-golden"), p)[..^".json.gz".Length])
        .Order(StringComparer.Ordinal);

    public static byte[] Stream(string name) => File.ReadAllBytes(RepositoryRoot.Data("arrow-golden", name + ".stream"));

    public static byte[] FileOf(string name) => File.ReadAllBytes(RepositoryRoot.Data("arrow-golden", name + ".arrow_file"));
}
