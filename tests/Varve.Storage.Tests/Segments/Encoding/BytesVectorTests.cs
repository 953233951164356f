using Varve.Storage.Segments.Encoding;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

public class BytesVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Bytes_come_back_and_are_compressed_where_that_saves_something()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] noise = new byte[100_000];
        random.NextBytes(noise);
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"GET /api/v1/users/{i} 200\n")));
        Assert.Equal("raw", AssertRoundTrip(noise));
        Assert.Equal("zstd", AssertRoundTrip(text));
        Assert.Equal("raw", AssertRoundTrip([]));
        Assert.Equal("raw", AssertRoundTrip([7]));
    }

    private static string AssertRoundTrip(byte[] bytes)
    {
        using VectorWriter writer = new();
        BytesVector.Encode(bytes, writer);
        byte[] decoded = new byte[bytes.Length];
        Assert.Equal(writer.Length, BytesVector.Decode(writer.Written, decoded));
        Assert.Equal(bytes, decoded);
        return VectorInspection.Describe(writer.Written);
    }
}
