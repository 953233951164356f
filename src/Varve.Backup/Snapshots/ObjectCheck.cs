using System.Buffers;
using System.Collections.Concurrent;
using Varve.Backup.Sealing;

namespace Varve.Backup.Snapshots;

/// <summary>
/// Looks whether what the snapshots need is there: all of it by length, and, up to a number of bytes, opened. Where it does not look at all, it begins at
/// random, so that over many runs everything is looked at. Without state.
/// </summary>
internal static class ObjectCheck
{
    private const int Workers = 3;

    /// <param name="repository">Whose objects they are.</param>
    /// <param name="store">Knows what is there.</param>
    /// <param name="needed">What has to be there.</param>
    /// <param name="bytesMax">How much is opened.</param>
    /// <param name="opened">Told of the bytes that were opened, and of all that will be. Any thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What is wrong, by object, and how many were opened and found well.</returns>
    public static async Task<(IReadOnlyDictionary<ObjectRef, string> Damaged, int OpenedCount)> RunAsync(
        SealedRepository repository,
        ObjectStore store,
        IEnumerable<ObjectRef> needed,
        long bytesMax,
        Action<long, long>? opened,
        CancellationToken cancellationToken)
    {
        ConcurrentDictionary<ObjectRef, string> problems = [];
        List<ObjectRef> toOpen = [];
        ObjectRef[] all = [.. needed.OrderBy(o => o.Name, StringComparer.Ordinal)];
        string start = ObjectRef.Folder + Guid.NewGuid().ToString("n");
        long bytes = 0;
        foreach (ObjectRef item in all.Where(o => string.CompareOrdinal(o.Name, start) >= 0).Concat(all.Where(o => string.CompareOrdinal(o.Name, start) < 0)))
        {
            if (store.Problem(item) is { } problem)
                problems[item] = problem;
            else if ((bytes += item.SealedBytes) <= bytesMax)
                toOpen.Add(item);
        }

        long toOpenBytes = toOpen.Sum(o => o.SealedBytes);
        long openedBytes = 0;
        await Parallel.ForEachAsync(
            toOpen,
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
            async (item, cancellation) =>
            {
                byte[] rented = ArrayPool<byte>.Shared.Rent(item.ContentBytes);
                try
                {
                    await repository.ReadAsync(ObjectKind.Data, item.Name, rented.AsMemory(0, item.ContentBytes), cancellation).ConfigureAwait(false);
                    ArrayPool<byte>.Shared.Return(rented);
                }
                catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
                {
                    problems[item] = e.Message;
                }

                opened?.Invoke(Interlocked.Add(ref openedBytes, item.SealedBytes), toOpenBytes);
            }).ConfigureAwait(false);
        foreach (ObjectRef item in problems.Keys)
            store.NoteDamage(item);
        return (problems, toOpen.Count(o => !problems.ContainsKey(o)));
    }
}
