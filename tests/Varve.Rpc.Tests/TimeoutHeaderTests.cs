using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Rpc.Wire;

namespace Varve.Rpc.Tests;

/// <summary>The grpc-timeout header.</summary>
public sealed class TimeoutHeaderTests
{
    private static readonly byte[] Message = RawHttp2.Frame([]);

    public static TheoryData<string, TimeSpan> Readable => new()
    {
        { "60000m", TimeSpan.FromMinutes(1) },
        { "59999m", TimeSpan.FromMilliseconds(59999) },
        { "1H", TimeSpan.FromHours(1) },
        { "2M", TimeSpan.FromMinutes(2) },
        { "3S", TimeSpan.FromSeconds(3) },
        { "4u", TimeSpan.FromMicroseconds(4) },
        { "0S", TimeSpan.Zero },
        { "0n", TimeSpan.Zero },
        { "1n", TimeSpan.FromTicks(1) },
        { "250n", TimeSpan.FromTicks(3) },
        { "99999999H", TimeSpan.FromHours(99_999_999) },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void Every_unit_is_read(string text, TimeSpan expected)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(expected, timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("12")]
    [InlineData("12x")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1 S")]
    [InlineData("1.5S")]
    [InlineData("1S,1S")]
    [InlineData("\u0661S")]
    public async Task A_malformed_timeout_is_INTERNAL(string text)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("grpc-timeout", text));
        Assert.True(response.IsTrailersOnly);
        Assert.Equal(StatusCode.Internal, response.Status);
        Assert.Contains("grpc-timeout", response.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0n")]
    [InlineData("0H")]
    public async Task A_timeout_of_zero_has_passed_already(string text)
    {
        bool handled = false;
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) =>
        {
            handled = true;
            return Task.FromResult(request);
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("grpc-timeout", text));
        Assert.Equal(StatusCode.DeadlineExceeded, response.Status);
        Assert.False(handled);
    }

    [Theory]
    [InlineData("60000m", true)]
    [InlineData("99999999H", true)]
    [InlineData(null, false)]
    public async Task A_handler_sees_the_deadline_or_that_there_is_none(string? text, bool expected)
    {
        await using TestServer server = await TestServer.StartAsync(grpc =>
            grpc.AddUnary<Blob, Blob>(Echo.Say, (_, call) => Task.FromResult(new Blob { Text = $"{call.Deadline is not null}" })));
        (string, string)[] headers = text is null ? [] : [("grpc-timeout", text)];
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, headers);
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal($"{expected}", Blob.Parser.ParseFrom(response.Body, 5, response.Body.Length - 5).Text);
    }

    [Theory]
    [InlineData(0, "1n")]
    [InlineData(-5, "1n")]
    [InlineData(10, "1u")]
    [InlineData(11, "2u")]
    [InlineData(10_000_000, "1000000u")]
    [InlineData(10_000_000_000, "1000000m")]
    [InlineData(10_000_000_000_000, "1000000S")]
    [InlineData(long.MaxValue, "99999999H")]
    public void A_timeout_is_sent_in_the_finest_unit_that_fits(long ticks, string expected)
    {
        string text = GrpcTimeout.Format(TimeSpan.FromTicks(ticks));
        Assert.Equal(expected, text);
    }
}
