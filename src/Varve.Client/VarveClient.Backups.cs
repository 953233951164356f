using Google.Protobuf;
using Varve.Protocol.V1;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>
/// What the daemon does with the repositories that it is configured with. A repository is named as the configuration names it; empty: the first one. There
/// is no time limit on these calls.
/// </summary>
public sealed partial class VarveClient
{
    /// <summary>Takes a snapshot of the node into a repository that it is configured with.</summary>
    /// <param name="repository">As the node's configuration names it; empty: the first one.</param>
    /// <param name="bytesPerSecondMax">Bytes that go to the repository in a second, on average; 0: as the node is configured.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="streams">Only these; null or none: the whole node.</param>
    /// <param name="cancellation">Calls the snapshot off.</param>
    public async Task<CreatedSnapshot> CreateSnapshotAsync(
        string repository = "",
        long bytesPerSecondMax = 0,
        Action<CopyProgress>? progress = null,
        IEnumerable<string>? streams = null,
        CancellationToken cancellation = default)
    {
        var request = new CreateSnapshotRequest { Repository = repository, BytesPerSecondMax = bytesPerSecondMax, Streams = { streams ?? [] } };
        using ServerStreamingCall<CreateSnapshotResponse> call = _calls.ServerStreaming<CreateSnapshotRequest, CreateSnapshotResponse>(
            Method(AdminReflection.Descriptor, "CreateSnapshot"), request, new CallOptions { Cancellation = cancellation });
        CreatedSnapshot? created = null;
        while (await Failures.Translate(call.ResponseStream.ReadAsync(), cancellation) is { } response)
        {
            if (response.Progress is { } done)
                progress?.Invoke(done);
            created = response.Created ?? created;
        }

        return created ?? throw new IOException("the daemon ended the call without a snapshot");
    }

    /// <summary>
    /// Brings a stream of a snapshot back into the node, under a name that no stream has. It is there whole when this completes, and not before.
    /// </summary>
    /// <param name="request">Which stream, of what, as what.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Calls the restore off; nothing is left of it.</param>
    public async Task<RestoredStream> RestoreStreamAsync(
        RestoreStreamRequest request, Action<CopyProgress>? progress = null, CancellationToken cancellation = default)
    {
        using ServerStreamingCall<RestoreStreamResponse> call = _calls.ServerStreaming<RestoreStreamRequest, RestoreStreamResponse>(
            Method(AdminReflection.Descriptor, "RestoreStream"), request, new CallOptions { Cancellation = cancellation });
        RestoredStream? restored = null;
        while (await Failures.Translate(call.ResponseStream.ReadAsync(), cancellation) is { } response)
        {
            if (response.Progress is { } done)
                progress?.Invoke(done);
            restored = response.Restored ?? restored;
        }

        return restored ?? throw new IOException("the daemon ended the call without a stream");
    }

    /// <summary>The snapshots in a repository, the oldest first; those that cannot be read say so.</summary>
    public async Task<IReadOnlyList<Snapshot>> ListSnapshotsAsync(string repository = "", CancellationToken cancellation = default) =>
        (await AdminAsync<ListSnapshotsRequest, ListSnapshotsResponse>(
            "ListSnapshots", new ListSnapshotsRequest { Repository = repository }, cancellation)).Snapshots;

    /// <summary>One of them.</summary>
    public async Task<Snapshot> GetSnapshotAsync(string id, string repository = "", CancellationToken cancellation = default) =>
        (await AdminAsync<GetSnapshotRequest, GetSnapshotResponse>(
            "GetSnapshot", new GetSnapshotRequest { Id = id, Repository = repository }, cancellation)).Snapshot;

    /// <summary>Looks whether a repository is whole.</summary>
    /// <param name="isFull">Whether every byte is opened and everything decoded; else a sample is.</param>
    /// <param name="repository">Which.</param>
    /// <param name="cancellation">Ends the look.</param>
    public Task<VerifySnapshotsResponse> VerifySnapshotsAsync(bool isFull = false, string repository = "", CancellationToken cancellation = default) =>
        AdminAsync<VerifySnapshotsRequest, VerifySnapshotsResponse>(
            "VerifySnapshots", new VerifySnapshotsRequest { Repository = repository, Full = isFull }, cancellation);

    /// <summary>Removes snapshots, and all that no other snapshot needs.</summary>
    public Task<PruneSnapshotsResponse> PruneSnapshotsAsync(PruneSnapshotsRequest request, CancellationToken cancellation = default) =>
        AdminAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>("PruneSnapshots", request, cancellation);

    /// <summary>Restores the node's newest snapshot to a scratch place, compares it with the node's rows, and removes it.</summary>
    /// <param name="repository">Which.</param>
    /// <param name="cancellation">Calls the drill off.</param>
    /// <returns>What was found, well or not.</returns>
    public Task<DrillSnapshotResponse> DrillSnapshotAsync(string repository = "", CancellationToken cancellation = default) =>
        AdminAsync<DrillSnapshotRequest, DrillSnapshotResponse>("DrillSnapshot", new DrillSnapshotRequest { Repository = repository }, cancellation);

    private Task<TResponse> AdminAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        CallAsync<TRequest, TResponse>(Method(AdminReflection.Descriptor, method), request, new CallOptions { Cancellation = cancellation });
}
