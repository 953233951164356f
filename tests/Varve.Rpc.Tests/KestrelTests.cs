using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;

namespace Varve.Rpc.Tests;

/// <summary>The settings under the transport, on both sides.</summary>
public sealed class KestrelTests
{
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Ack = 1;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    [Fact]
    public void Nothing_of_Kestrels_limits_ends_a_stream_that_is_long_or_silent()
    {
        var kestrel = new KestrelServerOptions();
        KestrelGrpc.Configure(kestrel);
        Assert.Null(kestrel.Limits.MaxRequestBodySize);
        Assert.Null(kestrel.Limits.MinRequestBodyDataRate);
        Assert.Null(kestrel.Limits.MinResponseDataRate);
        Assert.False(kestrel.AddServerHeader);
        Assert.True(kestrel.Limits.Http2.MaxStreamsPerConnection >= 1000);
        Assert.True(kestrel.Limits.Http2.KeepAlivePingDelay < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_ping_is_answered()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Address.Host, server.Address.Port);
        NetworkStream stream = tcp.GetStream();
        byte[] payload = [1, 2, 3, 4, 5, 6, 7, 8];
        await stream.WriteAsync((byte[])[.. Preface, .. Frame(Settings, 0, []), .. Frame(Ping, 0, payload)]);
        byte[]? answer = null;
        while (answer is null)
        {
            (byte type, byte flags, byte[] content) = await ReadFrameAsync(stream).InTime();
            answer = type == Ping && flags == Ack ? content : null;
        }

        Assert.Equal(payload, answer);
    }

    [Fact]
    public async Task The_client_announces_its_fixed_window_and_switches_the_growing_one_off()
    {
        const ushort InitialWindowSize = 4;
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{port}"), new GrpcChannelOptions { StreamWindowBytes = 300_000 });
        Task call = channel.CallUnaryAsync<Wire.Blob, Wire.Blob>(Echo.Say, new Wire.Blob());
        using (TcpClient tcp = await listener.AcceptTcpClientAsync().InTime())
        {
            NetworkStream stream = tcp.GetStream();
            await stream.ReadExactlyAsync(new byte[Preface.Length]).InTime();
            (byte type, _, byte[] content) = await ReadFrameAsync(stream).InTime();
            Assert.Equal(Settings, type);
            IEnumerable<(ushort Id, uint Value)> settings = content.Chunk(6)
                .Select(entry => (BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(2))));
            Assert.Contains((InitialWindowSize, 300_000u), settings);
        }

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.InTime())).Code);
        Assert.True(AppContext.TryGetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", out bool isOff) && isOff);
    }

    private static byte[] Frame(byte type, byte flags, byte[] payload) => [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];

    private static async Task<(byte Type, byte Flags, byte[] Content)> ReadFrameAsync(NetworkStream stream)
    {
        byte[] header = new byte[9];
        await stream.ReadExactlyAsync(header);
        byte[] content = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
        await stream.ReadExactlyAsync(content);
        return (header[3], header[4], content);
    }
}
