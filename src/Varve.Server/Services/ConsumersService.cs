using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Calls;
using Varve.Server.Consume;
using Varve.Server.Errors;
using Varve.Server.Metrics;
using Varve.Storage;
using Engine = Varve.Storage;

namespace Varve.Server.Services;

/// <summary>varve.v1.Consumers. Stateless: any number of calls at once.</summary>
internal sealed class ConsumersService(StorageEngine engine, CallMemory memory, ServerMetrics metrics) : IService
{
    private static readonly TimeSpan DelayMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan ExtensionMax = TimeSpan.FromHours(12);

    private readonly ServiceDescriptor _service = ConsumersReflection.Descriptor.Services.Single();

    public void Map(GrpcServer server)
    {
        Add<CreateConsumerRequest, CreateConsumerResponse>(server, "CreateConsumer", r => r.Stream, CreateAsync);
        Add<AlterConsumerRequest, AlterConsumerResponse>(server, "AlterConsumer", r => r.Stream, AlterAsync);
        Add<DeleteConsumerRequest, DeleteConsumerResponse>(server, "DeleteConsumer", r => r.Stream, DeleteAsync);
        Add<ResetConsumerRequest, ResetConsumerResponse>(server, "ResetConsumer", r => r.Stream, ResetAsync);
        Add<DescribeConsumerRequest, DescribeConsumerResponse>(server, "DescribeConsumer", r => r.Stream, Describe);
        Add<ListConsumersRequest, ListConsumersResponse>(server, "ListConsumers", r => r.Stream, List);
        Add<AcknowledgeRequest, AcknowledgeResponse>(server, "Acknowledge", r => r.Stream, AcknowledgeAsync);
        Add<RejectRequest, RejectResponse>(server, "Reject", r => r.Stream, RejectAsync);
        Add<ExtendLeasesRequest, ExtendLeasesResponse>(server, "ExtendLeases", r => r.Stream, Extend);
        Add<ReleaseLeasesRequest, ReleaseLeasesResponse>(server, "ReleaseLeases", r => r.Stream, Release);
        Add<CommitOffsetRequest, CommitOffsetResponse>(server, "CommitOffset", r => r.Stream, CommitAsync);
        server.AddServerStreaming<ConsumeRequest>(_service.FindMethodByName("Consume"), (r, c) => About(r.Stream, () => ConsumeAsync(r, c)));
    }

    private void Add<TRequest, TResponse>(
        GrpcServer server, string method, Func<TRequest, string> stream, Func<TRequest, ServerCall, Task<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        server.AddUnary<TRequest, TResponse>(_service.FindMethodByName(method), (r, c) => About(stream(r), () => answer(r, c)));

    private async Task<CreateConsumerResponse> CreateAsync(CreateConsumerRequest request, ServerCall call)
    {
        Engine.ConsumerStart start = ConsumerText.Parse(request.Start, Engine.ConsumerStart.Earliest);
        try
        {
            ConsumerDescription made = await engine.CreateConsumerAsync(
                request.Stream, request.Name, ConsumerText.Parse(request.Settings), start, call.Cancelled);
            return new CreateConsumerResponse { Consumer = ConsumerText.Describe(made), Created = true };
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.ConsumerAlreadyExists && request.IfNotExists)
        {
            return new CreateConsumerResponse { Consumer = ConsumerText.Describe(engine.DescribeConsumer(request.Stream, request.Name)) };
        }
    }

    private async Task<AlterConsumerResponse> AlterAsync(AlterConsumerRequest request, ServerCall call) => new()
    {
        Consumer = ConsumerText.Describe(
            await engine.AlterConsumerAsync(request.Stream, request.Name, ConsumerText.Parse(request.Settings), call.Cancelled)),
    };

    private async Task<DeleteConsumerResponse> DeleteAsync(DeleteConsumerRequest request, ServerCall call)
    {
        try
        {
            await engine.DeleteConsumerAsync(request.Stream, request.Name, call.Cancelled);
            return new DeleteConsumerResponse { Deleted = true };
        }
        catch (StorageException e) when (request.IfExists && e.Code is StorageErrorCode.ConsumerNotFound or StorageErrorCode.StreamNotFound)
        {
            return new DeleteConsumerResponse();
        }
    }

    private async Task<ResetConsumerResponse> ResetAsync(ResetConsumerRequest request, ServerCall call)
    {
        if (request.Start is null || request.Start.AtCase == Protocol.V1.ConsumerStart.AtOneofCase.None)
            throw ErrorMapper.InvalidRequest("the request does not say where the consumer is to begin anew (start)", request.Stream);
        Engine.ConsumerStart start = ConsumerText.Parse(request.Start, Engine.ConsumerStart.Current);
        return new ResetConsumerResponse
        {
            Consumer = ConsumerText.Describe(await engine.ResetConsumerAsync(request.Stream, request.Name, start, call.Cancelled)),
        };
    }

    private Task<DescribeConsumerResponse> Describe(DescribeConsumerRequest request, ServerCall call) => Task.FromResult(
        new DescribeConsumerResponse { Consumer = ConsumerText.Describe(engine.DescribeConsumer(request.Stream, request.Name)) });

    private Task<ListConsumersResponse> List(ListConsumersRequest request, ServerCall call) => Task.FromResult(new ListConsumersResponse
    {
        Consumers = { engine.ListConsumers(request.Stream.Length == 0 ? null : request.Stream).Select(ConsumerText.Describe) },
    });

    private async Task ConsumeAsync(ConsumeRequest request, ServerCall call)
    {
        using CallShare share = memory.Open();
        metrics.ReadOpened(isFollowing: true);
        try
        {
            await new ConsumeCall(engine, request, call, share, metrics).RunAsync();
        }
        finally
        {
            metrics.ReadClosed(isFollowing: true);
        }
    }

    private async Task<AcknowledgeResponse> AcknowledgeAsync(AcknowledgeRequest request, ServerCall call) => new()
    {
        AcknowledgedRows = await engine.AcknowledgeAsync(
            request.Stream, request.Consumer, request.Epoch, ConsumerText.Parse(request.Stream, request.Rows)),
    };

    private async Task<RejectResponse> RejectAsync(RejectRequest request, ServerCall call)
    {
        TimeSpan delay = ConsumerText.Span(request.Stream, "delay", request.Delay, DelayMax) ?? TimeSpan.Zero;
        IReadOnlyList<Engine.OffsetRange> rows = ConsumerText.Parse(request.Stream, request.Rows);
        await engine.RejectAsync(
            request.Stream, request.Consumer, request.Member, request.LeaseId, rows, delay, ConsumerText.Reason(request.Reason));
        return new RejectResponse();
    }

    private Task<ExtendLeasesResponse> Extend(ExtendLeasesRequest request, ServerCall call)
    {
        TimeSpan? by = ConsumerText.Span(request.Stream, "by", request.By, ExtensionMax);
        var response = new ExtendLeasesResponse();
        foreach (long lease in request.LeaseIds)
        {
            try
            {
                engine.ExtendLease(request.Stream, request.Consumer, request.Member, lease, by);
            }
            catch (StorageException e) when (e.Code == StorageErrorCode.LeaseLost)
            {
                response.LostLeaseIds.Add(lease);
            }
        }

        return Task.FromResult(response);
    }

    private Task<ReleaseLeasesResponse> Release(ReleaseLeasesRequest request, ServerCall call)
    {
        if (request.LeaseIds.Count > 0)
            engine.ReleaseLeases(request.Stream, request.Consumer, request.Member, [.. request.LeaseIds]);
        else
            engine.ReleaseMember(request.Stream, request.Consumer, request.Member, [.. request.KeepLeaseIds]);
        return Task.FromResult(new ReleaseLeasesResponse());
    }

    private async Task<CommitOffsetResponse> CommitAsync(CommitOffsetRequest request, ServerCall call) => new()
    {
        AcknowledgedRows = await engine.CommitOffsetAsync(
            request.Stream, request.Consumer, request.Offset, request.HasExpectedOffset ? request.ExpectedOffset : null),
    };

    /// <summary>Lets errors name the stream that the call was about.</summary>
    private static async Task<T> About<T>(string stream, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (ErrorMapper.Map(e, stream) is { } failure)
        {
            throw failure;
        }
    }

    private static Task<bool> About(string stream, Func<Task> work) => About(stream, async () =>
    {
        await work();
        return true;
    });
}
