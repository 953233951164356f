using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>Consumers: what works through the rows, and how far it is.</summary>
public sealed partial class VarveClient
{
    private ConsumerCalls Consumers => new(_calls, _rows, _options.CallTimeout);

    /// <summary>Makes a consumer; it is durable when the task completes.</summary>
    public Task<CreateConsumerResponse> CreateConsumerAsync(CreateConsumerRequest request, CancellationToken cancellation = default) =>
        Consumers.CallAsync<CreateConsumerRequest, CreateConsumerResponse>("CreateConsumer", request, cancellation);

    /// <summary>Makes a consumer that begins with the oldest row that is held, unless it is there already.</summary>
    public Task<CreateConsumerResponse> CreateConsumerAsync(
        string stream, string name, ConsumerSettings? settings = null, CancellationToken cancellation = default) =>
        CreateConsumerAsync(new CreateConsumerRequest { Stream = stream, Name = name, Settings = settings, IfNotExists = true }, cancellation);

    /// <summary>Puts settings in the place of those that a consumer has.</summary>
    public async Task<Protocol.V1.Consumer> AlterConsumerAsync(
        string stream, string name, ConsumerSettings settings, CancellationToken cancellation = default) =>
        (await Consumers.CallAsync<AlterConsumerRequest, AlterConsumerResponse>(
            "AlterConsumer", new AlterConsumerRequest { Stream = stream, Name = name, Settings = settings }, cancellation)).Consumer;

    /// <summary>Removes a consumer and its progress.</summary>
    /// <returns>False where there was none, which is an error unless <paramref name="ifExists"/>.</returns>
    public async Task<bool> DeleteConsumerAsync(string stream, string name, bool ifExists = false, CancellationToken cancellation = default) =>
        (await Consumers.CallAsync<DeleteConsumerRequest, DeleteConsumerResponse>(
            "DeleteConsumer", new DeleteConsumerRequest { Stream = stream, Name = name, IfExists = ifExists }, cancellation)).Deleted;

    /// <summary>Lets a consumer begin anew, and shuts out the members that it has.</summary>
    public async Task<Protocol.V1.Consumer> ResetConsumerAsync(
        string stream, string name, ConsumerStart start, CancellationToken cancellation = default) =>
        (await Consumers.CallAsync<ResetConsumerRequest, ResetConsumerResponse>(
            "ResetConsumer", new ResetConsumerRequest { Stream = stream, Name = name, Start = start }, cancellation)).Consumer;

    public async Task<Protocol.V1.Consumer> DescribeConsumerAsync(string stream, string name, CancellationToken cancellation = default) =>
        (await Consumers.CallAsync<DescribeConsumerRequest, DescribeConsumerResponse>(
            "DescribeConsumer", new DescribeConsumerRequest { Stream = stream, Name = name }, cancellation)).Consumer;

    /// <summary>The consumers of a stream, or of all streams, by stream and name.</summary>
    public async Task<IReadOnlyList<Protocol.V1.Consumer>> ListConsumersAsync(string stream = "", CancellationToken cancellation = default) =>
        (await Consumers.CallAsync<ListConsumersRequest, ListConsumersResponse>(
            "ListConsumers", new ListConsumersRequest { Stream = stream }, cancellation)).Consumers;

    /// <summary>
    /// For a consumer with one reader, which keeps its place there: all rows before the offset are processed. Returns how many were not before.
    /// </summary>
    public async Task<long> CommitOffsetAsync(
        string stream, string name, long offset, long? expectedOffset = null, CancellationToken cancellation = default)
    {
        var request = new CommitOffsetRequest { Stream = stream, Consumer = name, Offset = offset };
        if (expectedOffset is { } expected)
            request.ExpectedOffset = expected;
        return (await Consumers.CallAsync<CommitOffsetRequest, CommitOffsetResponse>("CommitOffset", request, cancellation)).AcknowledgedRows;
    }

    /// <summary>Becomes a member of a consumer. The caller disposes it, which gives back what it has not begun with.</summary>
    public Consumer OpenConsumer(string stream, string name, ConsumerOptions? options = null) =>
        new(Consumers, stream, name, options ?? new ConsumerOptions(), TimeProvider.System);
}
