using System.Net;
using System.Net.Sockets;

namespace Varve.Load.DoGet;

/// <summary>
/// The limit: a TCP connection over loopback in this process, one end writing blocks, the other reading them. As many different blocks are sent as
/// the stream has batches: a block that stays in the processor's cache would be sent faster than any data can be.
/// </summary>
internal sealed class LoopbackSocket(int blockCount)
{
    private const int BlockBytes = 1 << 20;

    private readonly byte[][] _blocks = [.. Enumerable.Range(0, blockCount).Select(Block)];

    public async Task<long> MoveAsync(int passes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var writer = new TcpClient { NoDelay = true };
        Task connecting = writer.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient reader = await listener.AcceptTcpClientAsync();
        await connecting;
        Task writing = Task.Run(() => WriteAsync(writer.Client, passes));
        long read = await Task.Run(() => ReadAsync(reader.Client));
        await writing;
        return read;
    }

    private static byte[] Block(int seed)
    {
        byte[] block = new byte[BlockBytes];
        new Random(seed).NextBytes(block);
        return block;
    }

    private static async Task<long> ReadAsync(Socket socket)
    {
        byte[] block = new byte[BlockBytes];
        long total = 0;
        for (int read; (read = await socket.ReceiveAsync(block)) > 0;)
            total += read;
        return total;
    }

    private async Task WriteAsync(Socket socket, int passes)
    {
        for (; passes > 0; passes--)
        {
            foreach (byte[] block in _blocks)
            {
                for (int sent = 0; sent < block.Length;)
                    sent += await socket.SendAsync(block.AsMemory(sent));
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}
