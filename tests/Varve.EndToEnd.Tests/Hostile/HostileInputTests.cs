using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Server;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>Whatever comes in over the wire, each call gets an answer that says what is wrong with it, and the daemon lives on.</summary>
public sealed class HostileInputTests(HostileDaemon daemon, ITestOutputHelper output) : IClassFixture<HostileDaemon>
{
    private static readonly string[] Paths =
        [.. WireCalls.Services.SelectMany(s => s.Methods).Select(ServerMethod.PathOf), "/varve.v1.Streams/NoSuchMethod", "/", "/a/b/c"];

    private static readonly string[] Encodings = ["identity", "gzip", "deflate", "br"];

    private readonly Burst _burst = new(daemon, output);

    [Fact]
    public void Every_method_has_a_good_call()
    {
        IEnumerable<string> called = WireCalls.All.Select(c => c.Path);
        Assert.Empty(WireCalls.Services.SelectMany(s => s.Methods).Select(ServerMethod.PathOf).Except(called));
    }

    [Fact]
    public async Task Good_calls_are_answered_as_such()
    {
        using var client = new RawClient(daemon.Endpoint);
        // Also what other calls of these tests may have changed before: a producer's epoch, where a stream ends.
        HashSet<StatusCode> good =
        [
            StatusCode.Ok, StatusCode.Unimplemented, StatusCode.NotFound, StatusCode.AlreadyExists, StatusCode.Aborted, StatusCode.FailedPrecondition,
        ];
        foreach (WireCall call in WireCalls.All.Where(c => !c.Path.EndsWith("/Watch", StringComparison.Ordinal)))
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            RawAnswer answer = await client.CallAsync(call.Path, call.Body, patience.Token);
            Assert.True(answer.Status is { } status && good.Contains(status), $"{call}: {answer}");
        }

        await daemon.CheckAsync();
    }

    [Fact]
    public Task Random_bytes_do_no_harm() => _burst.RunAsync(async (random, client, patience) =>
    {
        string path = Paths[random.Next(Paths.Length)];
        byte[] bytes = ByteMutation.Random(random, random.Next(10) == 0 ? 50_000 : 200);
        byte[] body = random.Next(4) switch
        {
            0 => bytes,
            1 => RawClient.Frame((uint)random.NextInt64(uint.MaxValue), bytes, (byte)random.Next(3)),
            2 => RawClient.Frame((uint)bytes.Length, bytes, 1),
            _ => RawClient.Frames([bytes, bytes]),
        };
        return (path, await client.CallAsync(path, body, patience, ("grpc-encoding", Encodings[random.Next(Encodings.Length)])));
    });

    [Fact]
    public Task Damaged_calls_do_no_harm() => _burst.RunAsync(async (random, client, patience) =>
    {
        WireCall call = WireCalls.All[random.Next(WireCalls.All.Count)];
        byte[] body = random.Next(3) == 0
            ? ByteMutation.Mutate(random, call.Body)
            : RawClient.Frames(call.Messages.Select(m => random.Next(2) == 0 ? ByteMutation.Mutate(random, m.ToByteArray()) : m.ToByteArray()));
        return (call.Path, await client.CallAsync(call.Path, body, patience));
    });

    [Fact]
    public Task Calls_with_strange_values_do_no_harm() => _burst.RunAsync(async (random, client, patience) =>
    {
        WireCall call = WireCalls.All[random.Next(WireCalls.All.Count)];
        IMessage[] messages = [.. call.Messages.Select(m => random.Next(3) > 0 ? FieldMutation.Mutate(random, m) : m)];
        string what = $"{call.Path} {Shorten(string.Join(' ', messages.Select(JsonFormatter.ToDiagnosticString)))}";
        return (what, await client.CallAsync(call.Path, RawClient.Frames(messages.Select(m => m.ToByteArray())), patience));
    });

    [Fact]
    public Task Strange_statements_do_no_harm() => _burst.RunAsync(async (random, client, patience) =>
    {
        string sql = SqlMutation.Make(random);
        byte[] ticket = FlightMessages.StatementTicket(new StatementTicket { Sql = sql }).ToByteArray();
        return (sql, await client.CallAsync("/arrow.flight.protocol.FlightService/DoGet", RawClient.Frames([ticket]), patience));
    });

    [Fact]
    public Task Calls_that_are_given_up_do_no_harm() => _burst.RunAsync(async (random, client, _) =>
    {
        WireCall call = WireCalls.All[random.Next(WireCalls.All.Count)];
        byte[] sent = call.Body[..random.Next(call.Body.Length + 1)];
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(50)));
        (string, string)[] headers = random.Next(2) == 0 ? [("grpc-timeout", $"{random.Next(1, 20)}m")] : [];
        HttpContent body = random.Next(2) == 0 ? new HalfOpenContent(sent) : new ByteArrayContent(call.Body);
        RawAnswer answer = await client.CallAsync(call.Path, body, patience.Token, headers);
        if (random.Next(100) == 0)
            client.Die();

        // Its connection may have died under it.
        return (call.Path, answer.Status is null ? new RawAnswer(null, "given up") : answer);
    });

    private static string Shorten(string text) => text.Length > 3_000 ? text[..3_000] + "..." : text;
}
