using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Erases older versions of keys when nothing sealed with them is left: no segment of the stream, no entry of the log, no part of the checkpoint. For
/// the service's thread.
/// </summary>
/// <remarks>
/// Between two pieces of the service's work no segment is being made, so none can come that is sealed with what was current when it was begun. Files
/// of segments that went have been opened by whoever deleted them, each with its key, so views that show them read on.
/// </remarks>
internal sealed class KeyRetirement(
    Func<CatalogHead> streams, Keyring keys, DurableLog log, Checkpointer checkpointer, CarefulWork careful, SealMeter meter)
{
    /// <summary>Erases what can be. Costs nothing while no key has an older version.</summary>
    public void Retire()
    {
        if (!keys.HasOlderVersions || !checkpointer.IsSealedWithCurrentKeys)
            return;
        Retire(Keyring.NodeId, "the node", int.MaxValue);
        foreach (StreamState stream in streams().Streams.Values)
        {
            if (keys.Versions(stream.Id).Count > 1)
                Retire(stream.Id, $"stream '{stream.Name}'", stream.Head.Segments.Select(s => s.KeyVersion).DefaultIfEmpty(int.MaxValue).Min());
        }
    }

    private void Retire(long streamId, string subject, int oldestInUse)
    {
        if (careful.IsWaiting(streamId))
            return;
        careful.Try(streamId, subject, () =>
        {
            int count = keys.RetireVersionsAsync(streamId, oldestInUse, log.BeginPosition).GetAwaiter().GetResult();
            meter.RetiredKeys(count);
        });
    }
}
