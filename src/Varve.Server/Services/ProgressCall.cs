using System.Threading.Channels;
using Google.Protobuf;
using Varve.Backup;
using Varve.Protocol.V1;
using Varve.Rpc.Server;

namespace Varve.Server.Services;

/// <summary>Tells a caller how far the work is that he waits for, as fast as he takes it. Stateless.</summary>
internal static class ProgressCall
{
    /// <summary>Runs the work; ends when it has, also where the caller is gone.</summary>
    public static async Task<T> RunAsync<T>(ServerCall call, Func<CopyProgress, IMessage> answer, Func<IProgress<BackupProgress>, Task<T>> work)
    {
        var newest = Channel.CreateBounded<BackupProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        Task<T> working = WorkAsync();
        try
        {
            await foreach (BackupProgress p in newest.Reader.ReadAllAsync(CancellationToken.None))
                await call.WriteAsync(answer(new CopyProgress { DoneBytes = p.DoneBytes, TotalBytes = p.TotalBytes, WrittenBytes = p.WrittenBytes }));
        }
        finally
        {
            await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await working;

        async Task<T> WorkAsync()
        {
            try
            {
                return await work(new Reports(newest.Writer));
            }
            finally
            {
                newest.Writer.Complete();
            }
        }
    }

    private sealed class Reports(ChannelWriter<BackupProgress> writer) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => writer.TryWrite(value);
    }
}
