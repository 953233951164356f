using Varve.Protocol.V1;
using Varve.Rpc;

namespace Varve.Server.Tests.Keys;

public sealed class KeyCallsTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Keys_are_listed_without_secrets_and_rotated()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        Assert.Equal([1], await VersionsAsync(stream.Name));
        Assert.Equal(2, await RotateAsync(new RotateKeyRequest { Stream = stream.Name }));
        Assert.Equal([1, 2], await VersionsAsync(stream.Name));
        await server.AppendJsonAsync(stream.Name, """{"a":1}""");

        int node = (await ListAsync()).Last(k => k.Stream.Length == 0).Version;
        Assert.Equal(node + 1, await RotateAsync(new RotateKeyRequest { Node = new NodeKey() }));

        string path = Path.Combine(server.DirectoryPath, "root.key");
        string root = await File.ReadAllTextAsync(path);
        Assert.Equal(0, await RotateAsync(new RotateKeyRequest { Root = new RootKey() }));
        string rotated = await File.ReadAllTextAsync(path);
        Assert.NotEqual(root, rotated);
        Assert.All(server.Log.Entries, e => Assert.DoesNotContain(rotated.Trim(), e.Message, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("{\"a\":1}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name, Columns = { "a" } }));
    }

    [Fact]
    public async Task A_rotation_of_nothing_or_of_no_stream_is_refused()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => RotateAsync(new RotateKeyRequest()));
        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(e).Code);
        e = await Assert.ThrowsAsync<RpcException>(() => RotateAsync(new RotateKeyRequest { Stream = "nowhere" }));
        Assert.Equal(ErrorCode.StreamNotFound, RunningServer.DetailOf(e).Code);
    }

    [Fact]
    public async Task A_root_key_that_cannot_be_used_is_refused_with_its_file()
    {
        string path = Path.Combine(server.DirectoryPath, "missing.key");
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => RotateAsync(new RotateKeyRequest { Root = new RootKey { KeyFile = path } }));
        Assert.Equal((ErrorCode.KeyMismatch, StatusCode.FailedPrecondition), (RunningServer.DetailOf(e).Code, e.Code));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<RpcException>(() => RotateAsync(new RotateKeyRequest { Root = new RootKey { KeyFile = "a\0b" } }));
        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(e).Code);
    }

    [Fact]
    public async Task Without_encryption_there_are_no_keys()
    {
        await using RunningServer plain = await RunningServer.StartAsync(o => o.Keys.Encryption = Varve.Server.Configuration.EncryptionMode.Off);
        Assert.Empty((await CallAsync<ListKeysRequest, ListKeysResponse>(plain, "ListKeys", new ListKeysRequest())).Keys);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync<RotateKeyRequest, RotateKeyResponse>(
            plain, "RotateKey", new RotateKeyRequest { Root = new RootKey() }));
        Assert.Equal(ErrorCode.Unsupported, RunningServer.DetailOf(e).Code);
        Assert.False(File.Exists(Path.Combine(plain.DirectoryPath, "root.key")));
    }

    private async Task<IEnumerable<int>> VersionsAsync(string stream) => (await ListAsync()).Where(k => k.Stream == stream).Select(k => k.Version);

    private async Task<IReadOnlyList<Key>> ListAsync() =>
        (await CallAsync<ListKeysRequest, ListKeysResponse>(server, "ListKeys", new ListKeysRequest())).Keys;

    private async Task<int> RotateAsync(RotateKeyRequest request) =>
        (await CallAsync<RotateKeyRequest, RotateKeyResponse>(server, "RotateKey", request)).Version;

    private static Task<TResponse> CallAsync<TRequest, TResponse>(RunningServer server, string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new() =>
        server.Channel.CallUnaryAsync<TRequest, TResponse>(AdminReflection.Descriptor.Services[0].FindMethodByName(method), request);
}
