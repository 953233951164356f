using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Rpc.Wire;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Rpc.Tests;

/// <summary>How a call's status travels.</summary>
public sealed class StatusTests(ITestOutputHelper output)
{
    private static readonly byte[] Message = RawHttp2.Frame([]);

    public static TheoryData<StatusCode> AllErrors => new(System.Enum.GetValues<StatusCode>().Where(code => code != StatusCode.Ok));

    [Theory]
    [MemberData(nameof(AllErrors))]
    public async Task A_status_thrown_by_the_handler_reaches_the_client(StatusCode code)
    {
        await using TestServer server = await StartThrowingAsync(() => new RpcException(code, $"because of {code}: 100 % 'ünïcödé' 🌊\n"));
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(code, error.Code);
        Assert.Equal($"because of {code}: 100 % 'ünïcödé' 🌊\n", error.Message);
    }

    [Fact]
    public async Task An_error_before_any_message_is_one_frame_of_headers()
    {
        await using TestServer server = await StartThrowingAsync(() => new RpcException(StatusCode.NotFound, "no such stream"));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        Assert.True(response.IsTrailersOnly);
        Assert.Equal(200, response.HttpStatus);
        Assert.Equal("application/grpc", response.Headers["content-type"].Single());
        Assert.Equal("no such stream", response.Headers["grpc-message"].Single());
    }

    [Fact]
    public async Task An_error_after_messages_follows_them_in_the_trailers()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            await call.WriteAsync(new Blob { Number = 1 });
            call.Write(new Blob { Number = 2 });
            call.Trailers.Add("x-call", "a");
            throw new RpcException(StatusCode.DataLoss, "torn") { Trailers = new Metadata { { "x-error", "b" } } };
        }));
        RawResponse response = await server.ConnectRaw().PostAsync("/varve.rpc.tests.Echo/Count", Message);
        Assert.Equal(14, response.Body.Length);
        Assert.False(response.Headers.Contains("grpc-status"));
        Assert.Equal(StatusCode.DataLoss, response.Status);
        Assert.Equal("torn", response.Message);
        Assert.Equal("a", response.Trailers["x-call"].Single());
        Assert.Equal("b", response.Trailers["x-error"].Single());
    }

    [Fact]
    public async Task Details_travel_with_the_status()
    {
        var info = new ErrorInfo { Reason = "SCHEMA_MISMATCH", Domain = "varve", Metadata = { ["column"] = "price" } };
        var retry = new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)) };
        IReadOnlyList<IMessage> details = [info, Any.Pack(retry)];
        await using TestServer server = await StartThrowingAsync(() => new RpcException(StatusCode.InvalidArgument, "bad column", details));
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(info, error.FindDetail<ErrorInfo>());
        Assert.Equal(retry, error.FindDetail<RetryInfo>());
        Assert.Null(error.FindDetail<BadRequest>());

        RawResponse raw = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        string wire = raw.Headers["grpc-status-details-bin"].Single();
        Assert.DoesNotContain('=', wire);
        Assert.True(Metadata.TryDecodeBase64(wire, out byte[]? bytes));
        Google.Rpc.Status status = Google.Rpc.Status.Parser.ParseFrom(bytes);
        Assert.Equal((3, "bad column", 2), (status.Code, status.Message, status.Details.Count));
    }

    [Theory]
    [InlineData('a', 0)]
    [InlineData('ü', 0)]
    [InlineData('\u4e2d', 0)]
    [InlineData('a', 1500)]
    [InlineData('\u4e2d', 1500)]
    [InlineData('a', 100_000)]
    public async Task Trailers_stay_below_8_KiB_however_long_the_error(char letter, int detailBytes)
    {
        IReadOnlyList<IMessage> details = detailBytes == 0
            ? []
            : [new ErrorInfo { Reason = "FIRST" }, new ErrorInfo { Reason = new string('x', detailBytes) }];
        await using TestServer server = await StartThrowingAsync(() => new RpcException(StatusCode.Internal, new string(letter, 50_000), details));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        int size = response.Headers.SelectMany(header => header, (header, value) => header.Key.Length + value.Length + 32).Sum();
        Assert.InRange(size, 1000, 7 * 1024);
        Assert.Equal(StatusCode.Internal, response.Status);
        Assert.StartsWith(new string(letter, 100), response.Message, StringComparison.Ordinal);
        Assert.EndsWith("...", response.Message, StringComparison.Ordinal);
        if (details.Count > 0)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
            Assert.Equal("FIRST", error.FindDetail<ErrorInfo>()!.Reason);
        }
    }

    [Fact]
    public async Task An_unexpected_exception_is_UNKNOWN_and_gives_nothing_away()
    {
        Exception? reported = null;
        string reference = "";
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, _) => throw new InvalidOperationException("password=hunter2 in /etc/secret")),
            options => options with { CallEnded = report => (reported, reference) = (report.Exception, report.Call.Http.TraceIdentifier) });
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        Assert.Equal(StatusCode.Unknown, response.Status);
        Assert.DoesNotContain("hunter2", response.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(reported);
        Assert.Contains(reference, response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_family_can_be_mapped_to_statuses()
    {
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, _) => throw new KeyNotFoundException("stream 'x'")),
            options => options with { MapException = e => e is KeyNotFoundException ? new RpcException(StatusCode.NotFound, e.Message) : null });
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        Assert.Equal(StatusCode.NotFound, response.Status);
        Assert.Equal("stream 'x'", response.Message);
    }

    [Fact]
    public async Task A_handler_that_ends_halfway_through_a_message_resets_the_stream()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
            await call.WritePartsAsync(Echo.BlobPrefix(300_000), new FailingParts())));
        var call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.Contains("without a status", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100%", "100%25")]
    [InlineData("tab\tü", "tab%09%C3%BC")]
    [InlineData("\x7F", "%7F")]
    public void The_message_is_escaped_as_the_protocol_says(string text, string expected)
    {
        Assert.Equal(expected, StatusText.Encode(text));
        Assert.Equal(text, StatusText.Decode(expected));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("100%", "100%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%FF", "\uFFFD")]
    [InlineData("é%41", "éA")]
    public void A_broken_escape_stays_as_it_stands(string wire, string expected) => Assert.Equal(expected, StatusText.Decode(wire));

    [Fact]
    public void Any_text_survives_and_any_bytes_decode_to_something()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        for (int round = 0; round < 2000; round++)
        {
            var text = new StringBuilder();
            for (int i = random.Next(40); i > 0; i--)
                text.Append(random.Next(3) == 0 ? new Rune(random.Next(0xD800)).ToString() : ((char)random.Next(32, 127)).ToString());
            string encoded = StatusText.Encode(text.ToString());
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(text.ToString(), StatusText.Decode(encoded));

            char[] wire = encoded.ToCharArray();
            for (int i = random.Next(4); i > 0 && wire.Length > 0; i--)
                wire[random.Next(wire.Length)] = (char)random.Next(32, 256);
            _ = StatusText.Decode(new string(wire));
        }
    }

    private static Task<TestServer> StartThrowingAsync(Func<Exception> exception) =>
        TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, _) => throw exception()));

    /// <summary>Parts of which the second can't be had, as where the memory behind it is gone.</summary>
    private sealed class FailingParts : IReadOnlyList<ReadOnlyMemory<byte>>
    {
        private int _reads;

        public int Count => 2;

        // The lengths are asked for first; the bytes of the second part fail.
        public ReadOnlyMemory<byte> this[int index] => ++_reads <= 3 ? new byte[150_000] : throw new InvalidOperationException("the part is gone");

        public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
