using Varve.Storage.FileSystem;

namespace Varve.Backup.Pace;

/// <summary>
/// Writes large pieces of files so that syncs of others to the same disk do not wait for long: while it gives way, one small portion at a time is on its way
/// there. What is durable is for the caller to say, by a sync of the whole. Any thread.
/// </summary>
/// <param name="givesWay">Asked before each portion.</param>
internal sealed class PortionWriter(Func<bool> givesWay)
{
    /// <summary>Less than a millisecond of a fast disk, by which a sync of the log that comes meanwhile is late.</summary>
    public const int PortionBytes = 256 << 10;

    private readonly Lock _turn = new();

    public void Write(IFile file, ReadOnlySpan<byte> content, long offset)
    {
        for (int at = 0; at < content.Length; at += PortionBytes)
        {
            ReadOnlySpan<byte> portion = content.Slice(at, Math.Min(PortionBytes, content.Length - at));
            if (content.Length <= PortionBytes || !givesWay())
            {
                file.Write(portion, offset + at);
                continue;
            }

            // A disk takes one thing after the other: a sync of the log waits for all that was given to it before.
            lock (_turn)
            {
                file.Write(portion, offset + at);
                file.SyncData();
            }
        }
    }
}
