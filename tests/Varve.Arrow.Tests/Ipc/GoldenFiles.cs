using Varve.Testing;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>The golden files of Arrow's own integration tests: for each case a stream, a file and the JSON that says what is in them.</summary>
internal static class GoldenFiles
{
    /// <summary>The cases of types that Varve refuses, with the name that the refusal must say. Every other case must be read.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["0.17.1/generated_union"] = "Union",
        ["1.0.0-littleendian/generated_union"] = "Union",
        ["cpp-21.0.0/generated_union"] = "Union",
        ["cpp-21.0.0/generated_list_view"] = "ListView",
        ["cpp-21.0.0/generated_run_end_encoded"] = "RunEndEncoded",
    };

    /// <summary>
    /// The cases with values that their own types do not allow: decimals with more digits than their precision, and the time 24:00:00.
    /// </summary>
    public static readonly IReadOnlyList<string> Invalid =
    [
        "0.14.1/generated_decimal",
        "1.0.0-littleendian/generated_datetime",
        "1.0.0-littleendian/generated_decimal",
        "1.0.0-littleendian/generated_decimal256",
    ];

    public static string Folder => RepositoryRoot.Data("arrow-golden");

    public static IEnumerable<string> All() => Directory
        .EnumerateFiles(Folder, "*.json.gz", SearchOption.AllDirectories)
        .Select(p => Path.GetRelativePath(Folder, p)[..^".json.gz".Length])
        .Order(StringComparer.Ordinal);

    public static IEnumerable<string> Read() => All().Where(name => !Refused.ContainsKey(name));

    public static string JsonPath(string name) => Path.Combine(Folder, name + ".json.gz");

    public static byte[] Stream(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".stream"));

    public static byte[] FileOf(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".arrow_file"));
}
