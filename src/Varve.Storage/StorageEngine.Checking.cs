using Varve.Storage.Checking;
using Varve.Storage.FileSystem;

namespace Varve.Storage;

/// <summary>Whether the disk still has what was written.</summary>
public sealed partial class StorageEngine
{
    /// <summary>What the check in the background found in its last full pass; empty before the first.</summary>
    public IReadOnlyList<Damage> Damage => _meter.Scrubbing.Damage;

    /// <summary>
    /// Reads and verifies everything that the node has, as fast as the disk gives it. Appends and reads go on. Changes nothing. Throws
    /// <see cref="OperationCanceledException"/> where it is called off.
    /// </summary>
    /// <param name="found">Called for each damage as it is found, on a thread of the pool.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    public Task<CheckReport> CheckAsync(Action<Damage> found, CancellationToken cancellationToken = default) => Task.Run(
        () => _check.Run(new MeteredFileSystem(_fileSystem, _ => cancellationToken.ThrowIfCancellationRequested()), found, cancellationToken),
        cancellationToken);
}
