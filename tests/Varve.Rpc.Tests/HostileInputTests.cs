using Google.Protobuf;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Rpc.Tests;

/// <summary>Bytes that nobody meant as a call. Whatever they are, each gets an answer, and the server lives on.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private static readonly string[] Encodings = ["identity", "gzip", "deflate"];

    [Fact]
    public async Task Damaged_requests_each_get_a_status_and_good_ones_go_on_working()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using TestServer server = await TestServer.StartEchoAsync(options => options with { MaxReceiveMessageBytes = 64 * 1024 });
        RawHttp2 raw = server.ConnectRaw();
        byte[] good = RawHttp2.Frame(new Blob { Number = 5, Text = "text", Body = ByteString.CopyFrom(new byte[300]) }.ToByteArray());
        for (int round = 0; round < 500; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int i = random.Next(1, 6); i > 0; i--)
                bad[random.Next(random.Next(4) == 0 ? 5 : bad.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                bad = bad[..random.Next(bad.Length)];
            RawResponse response = await raw.PostAsync(Echo.SayPath, bad, ("grpc-encoding", Encodings[random.Next(3)]));
            Assert.Equal(200, response.HttpStatus);
            Assert.Contains(
                response.Status, new[] { StatusCode.Ok, StatusCode.Internal, StatusCode.ResourceExhausted, StatusCode.Unimplemented });
        }

        Assert.Equal(StatusCode.Ok, (await raw.PostAsync(Echo.SayPath, good)).Status);
    }

    [Fact]
    public async Task Messages_nested_deeper_than_any_stack_are_INTERNAL()
    {
        // Field 6 is unknown to the message; groups nested in it are skipped by recursion.
        byte[] nested = [.. Enumerable.Repeat((byte)((6 << 3) | 3), 1_000_000)];
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(nested));
        Assert.Equal(StatusCode.Internal, response.Status);
    }

    [Fact]
    public async Task Calls_cancelled_at_any_moment_leave_the_server_working()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        int started = 0;
        int ended = 0;
        await using TestServer server = await TestServer.StartAsync(grpc =>
        {
            grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request));
            grpc.AddBidi(Echo.Chat, async call =>
            {
                Interlocked.Increment(ref started);
                while (await call.ReadAsync<Blob>() is { } blob)
                    await call.WritePartsAsync(Echo.BlobPrefix(200_000), [new byte[200_000]]);
            });
        }, options => options with { CallEnded = _ => Interlocked.Increment(ref ended) });
        Client.GrpcChannel channel = server.Connect();
        for (int round = 0; round < 60; round++)
        {
            using var call = channel.Duplex<Blob, Blob>(Echo.Chat);
            for (int i = random.Next(4); i > 0; i--)
                await call.RequestStream.WriteAsync(Echo.Blob(random.Next(100_000))).InTime();
            if (random.Next(2) == 0)
                _ = call.ResponseStream.ReadAsync().AsTask();
        }

        Assert.Equal(8, (await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = 8 }).InTime()).Number);
        await server.StopAsync().InTime();
        Assert.Equal(started + 1, ended);
    }
}
