using FASTER.core;

namespace Varve.Storage.Log;

/// <summary>
/// Tells FASTER where the log begins and ends, as found by <see cref="LogRecovery"/>, and keeps nothing of the commits that FASTER reports:
/// what is durable stands in the entries and in the <see cref="ControlFile"/>. Without state, so any thread.
/// </summary>
internal sealed class VerifiedTail(long beginAddress, long tailAddress) : ILogCommitManager
{
    private const long RecoveredCommit = 1;

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public IEnumerable<long> ListCommits() => [RecoveredCommit];

    public byte[] GetCommitMetadata(long commitNum) =>
        new FasterLogRecoveryInfo { BeginAddress = beginAddress, UntilAddress = tailAddress, CommitNum = RecoveredCommit }.ToByteArray();

    public void OnRecovery(long commitNum)
    {
    }

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void Dispose()
    {
    }
}
