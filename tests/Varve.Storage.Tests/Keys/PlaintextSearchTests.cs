using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.Keys;

/// <summary>What was appended, and what its stream is called, stands nowhere in the data directory in a form that a search finds.</summary>
public class PlaintextSearchTests
{
    private const string Name = "patients_of_ward_seven";
    private const string ColumnName = "diagnosis_in_full";
    private const string Text = "quartz sphinx, judged by a vow";
    private const long Number = 0x5EC2_E7A1_1CE0_FFEE;
    private const double Real = 27182.818284590452;

    private static readonly Schema Columns = new(
        [new Field(ColumnName, ArrowTypes.Utf8), new Field("number", ArrowTypes.Int64), new Field("real", ArrowTypes.Float64)]);

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task No_file_holds_what_was_appended_before_or_after_keys_are_rotated(int rowCount)
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync(Name, Columns);
        await host.Engine.AppendAsync(Name, Batch(rowCount));
        await host.Engine.FlushAsync(Name);
        await host.Engine.AppendAsync(Name, Batch(rowCount));
        AssertNothingIn(host.Directory);

        await host.Engine.RotateStreamKeyAsync(Name);
        await host.Engine.RotateNodeKeyAsync();
        await host.Engine.RotateRootKeyAsync();
        await host.Engine.AppendAsync(Name, Batch(rowCount));
        await host.Engine.FlushAsync(Name);
        await host.Engine.CompactAsync(Name);
        await host.Engine.AppendAsync(Name, Batch(rowCount));
        await host.Engine.CheckpointAsync();
        AssertNothingIn(host.Directory);
        await host.CloseAsync();
        AssertNothingIn(host.Directory);

        await host.OpenAsync();
        List<object?> texts = host.Engine.OpenView(Name).Column(ColumnName);
        Assert.Equal(4 * rowCount, texts.Count(text => text is string found && found.StartsWith(Text, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_search_finds_what_is_not_encrypted()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        await host.Engine.CreateStreamAsync(Name, Columns);
        await host.Engine.AppendAsync(Name, Batch(1));
        List<string> found = [.. Found(host.Directory).Select(f => f.What)];
        Assert.Contains("the stream's name in UTF-8", found);
        Assert.Contains("the column's name in UTF-8", found);
        Assert.Contains("the text in UTF-8", found);
        Assert.Contains("the number, least byte first", found);
        Assert.Contains("the real, least byte first", found);
    }

    private static RecordBatch Batch(int rowCount) =>
        Rows.Batch(Columns, [.. Enumerable.Range(0, rowCount).Select(i => new object?[] { Text + i, Number, Real })]);

    private static void AssertNothingIn(string directory) => Assert.Empty(Found(directory));

    private static IEnumerable<(string File, string What)> Found(string directory)
    {
        (string What, byte[] Bytes)[] secrets = [.. Secrets()];
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            // By the seam: .NET's own streams would ask for the lock that the engine holds.
            using IFile file = LinuxFileSystem.Instance.OpenRead(path);
            byte[] content = new byte[file.Length];
            Assert.Equal(content.Length, file.Read(content, 0));
            foreach ((string what, byte[] bytes) in secrets)
            {
                if (content.AsSpan().IndexOf(bytes) >= 0)
                    yield return (path, what);
            }
        }
    }

    private static IEnumerable<(string What, byte[] Bytes)> Secrets()
    {
        foreach ((string what, string text) in new[] { ("the stream's name", Name), ("the column's name", ColumnName), ("the text", Text) })
        {
            yield return (what + " in UTF-8", Encoding.UTF8.GetBytes(text));
            yield return (what + " in UTF-16", Encoding.Unicode.GetBytes(text));
        }

        foreach ((string what, long bits) in new[] { ("the number", Number), ("the real", BitConverter.DoubleToInt64Bits(Real)) })
        {
            byte[] bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, bits);
            yield return (what + ", least byte first", [.. bytes]);
            BinaryPrimitives.WriteInt64BigEndian(bytes, bits);
            yield return (what + ", greatest byte first", [.. bytes]);
        }
    }
}
