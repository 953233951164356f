using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Tests.Segments.Encoding;

/// <summary>
/// A vector in every encoding, as bytes that were written once and stay readable for ever, each a line of <c>Golden/vectors-v1.txt</c>: name, tab,
/// bytes in hexadecimal digits. One that is missing is written, and the test fails until it is checked in.
/// </summary>
public class GoldenVectorTests
{
    private const int Seed = 20_261_127;

    /// <summary>Samples that differ where there are more values than a block has, or where they are rare.</summary>
    private static readonly string[] OfMany =
    [
        "Byte frame", "Int16 frame", "UInt32 frame of blocks", "UInt32 frame of all bits", "Int64 frame", "bits of kind 2", "bits of kind 3",
        "bits of kind 4", "bits of kind 5",
    ];

    private static readonly Lazy<IReadOnlyList<VectorSample>> All = new(() =>
    [
        .. VectorSample.All(new Random(Seed), 101).Where(s => !HasPrefix(s, "Byte ", "Int16 ", "Int64 ")),
        .. VectorSample.All(new Random(Seed), 1100).Where(s => OfMany.Contains(s.Name)).Select(s => s with { Name = s.Name + ", 1,100 values" }),
    ]);

    public static TheoryData<string> Names => [.. All.Value.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_that_was_written_once_is_read_as_it_was(string name)
    {
        VectorSample sample = All.Value.Single(s => s.Name == name);
        byte[] golden = Read(sample);
        using GuardedMemory source = new(1 << 20);
        using GuardedMemory target = new(1 << 20);
        Assert.True(
            sample.Expected.AsSpan().SequenceEqual(sample.Decode(source.Copy(golden), target)),
            $"{name} is no longer read as it was written: files that are out there would be lost. Never change the golden bytes or the sample's "
            + "values; let the encoding have a new number, and keep the reader of this one.");
    }

    [Fact]
    public void Every_encoding_and_both_forms_of_headers_are_among_the_golden_vectors()
    {
        List<VectorHeader> headers = [.. Lines().Values.Select(golden => VectorHeader.Read(Convert.FromHexString(golden)))];
        Assert.Equal(Enum.GetValues<VectorEncoding>().Order(), headers.Select(h => h.Encoding).Distinct().Order());
        Assert.Equal([false, true], headers.Select(h => h.IsShort).Distinct().Order());
        Assert.Equal(Names.Count, headers.Count);
    }

    private static byte[] Read(VectorSample sample)
    {
        if (Lines().TryGetValue(sample.Name, out string? golden))
            return Convert.FromHexString(golden);
        File.AppendAllText(FilePath(), $"{sample.Name}\t{Convert.ToHexString(sample.Bytes)}\n");
        Assert.Fail($"{sample.Name} was missing and has been written: check {FilePath()} in");
        return [];
    }

    private static Dictionary<string, string> Lines() => File.Exists(FilePath())
        ? File.ReadAllLines(FilePath()).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1])
        : [];

    private static bool HasPrefix(VectorSample sample, params string[] prefixes) =>
        prefixes.Any(prefix => sample.Name.StartsWith(prefix, StringComparison.Ordinal));

    private static string FilePath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(thisFile))!, "Golden", "vectors-v1.txt");
}
