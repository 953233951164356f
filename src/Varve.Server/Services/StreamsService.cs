using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.Metrics;
using Varve.Server.Read;
using Varve.Server.Rows;
using Varve.Storage;
using Varve.Storage.Segments;
using Engine = Varve.Storage;

namespace Varve.Server.Services;

/// <summary>varve.v1.Streams. Any number of calls at once.</summary>
internal sealed class StreamsService(
    StorageEngine engine, AppendServices appends, StreamReads reads, CallMemory memory, ServerMetrics metrics) : IService
{
    private readonly Lock _gate = new();

    /// <summary>The newest change of settings, which the next one waits for. Under the gate.</summary>
    private Task _settingsChange = Task.CompletedTask;

    public void Map(GrpcServer server)
    {
        ServiceDescriptor service = StreamsReflection.Descriptor.Services.Single(s => s.Name == "Streams");
        MethodDescriptor Method(string name) => service.FindMethodByName(name);
        server.AddUnary<CreateStreamRequest, CreateStreamResponse>(Method("CreateStream"), (r, c) => About(r.Name, () => CreateAsync(r, c)));
        server.AddUnary<AlterStreamRequest, AlterStreamResponse>(Method("AlterStream"), (r, c) => About(r.Name, () => AlterAsync(r, c)));
        server.AddUnary<DropStreamRequest, DropStreamResponse>(Method("DropStream"), (r, c) => About(r.Name, () => DropAsync(r, c)));
        server.AddUnary<DescribeStreamRequest, DescribeStreamResponse>(
            Method("DescribeStream"), (r, c) => About(r.Name, () => DescribeAsync(r, c)));
        server.AddUnary<ListStreamsRequest, ListStreamsResponse>(Method("ListStreams"), (r, _) => Task.FromResult(List(r)));
        server.AddUnary<FlushStreamRequest, FlushStreamResponse>(Method("FlushStream"), (r, c) => About(r.Name, () => FlushAsync(r, c)));
        server.AddUnary<CompactStreamRequest, CompactStreamResponse>(Method("CompactStream"), (r, c) => About(r.Name, () => CompactAsync(r, c)));
        server.AddBidi(Method("Append"), AppendAsync, appends.MethodOptions);
        server.AddUnary<AppendTogetherRequest, AppendTogetherResponse>(
            Method("AppendTogether"), (r, _) => About("", () => AppendTogetherAsync(r)), appends.MethodOptions);
        server.AddServerStreaming<ReadRequest>(Method("Read"), (r, c) => About(r.Stream, () => ReadAsync(r, c)));
    }

    private async Task<CreateStreamResponse> CreateAsync(CreateStreamRequest request, ServerCall call)
    {
        Schema schema = request.SchemaCase switch
        {
            CreateStreamRequest.SchemaOneofCase.Columns => ColumnsText.Parse(request.Name, request.Columns),
            CreateStreamRequest.SchemaOneofCase.ArrowSchema => ColumnsText.Parse(request.Name, request.ArrowSchema),
            _ => throw ErrorMapper.InvalidRequest(
                $"cannot create stream '{request.Name}': the request has no schema (columns or arrow_schema)", request.Name),
        };
        try
        {
            Engine.StreamDescription created = await engine.CreateStreamAsync(
                request.Name, schema, SettingsText.Parse(request.Settings), call.Cancelled);
            return new CreateStreamResponse { Stream = StreamText.Describe(created), Created = true };
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamAlreadyExists && request.IfNotExists)
        {
            return Existing(engine.Describe(request.Name), schema);
        }
    }

    private static CreateStreamResponse Existing(Engine.StreamDescription stream, Schema wanted)
    {
        // Streams hold plain values, so dictionaries that were asked for are not what is there.
        if (DictionaryDecoder.Flatten(wanted).Equals(stream.Schema))
            return new CreateStreamResponse { Stream = StreamText.Describe(stream) };
        throw ErrorMapper.Create(ErrorCode.StreamAlreadyExists,
            $"stream '{stream.Name}' exists with another schema: wanted ({wanted}), found ({stream.Schema})", stream.Name);
    }

    private async Task<AlterStreamResponse> AlterAsync(AlterStreamRequest request, ServerCall call)
    {
        Schema? added = request.AddCase switch
        {
            AlterStreamRequest.AddOneofCase.AddColumns => ColumnsText.Parse(request.Name, request.AddColumns),
            AlterStreamRequest.AddOneofCase.AddArrowSchema => ColumnsText.Parse(request.Name, request.AddArrowSchema),
            _ => null,
        };
        if (added is null && request.ChangeSettings is null)
        {
            throw ErrorMapper.InvalidRequest($"cannot alter stream '{request.Name}': the request changes nothing "
                + "(add_columns, add_arrow_schema or change_settings)", request.Name);
        }

        Engine.StreamDescription? altered = added is null ? null : await engine.AddColumnsAsync(request.Name, added.Fields, call.Cancelled);
        if (request.ChangeSettings is { } change)
            altered = await ChangeSettingsAsync(request.Name, change);
        return new AlterStreamResponse { Stream = StreamText.Describe(altered!) };
    }

    /// <summary>One after the other: a change keeps what another one set just before.</summary>
    private Task<Engine.StreamDescription> ChangeSettingsAsync(string name, SettingsChange change)
    {
        lock (_gate)
        {
            Task<Engine.StreamDescription> changing = AfterAsync(_settingsChange);
            _settingsChange = changing;
            return changing;
        }

        async Task<Engine.StreamDescription> AfterAsync(Task previous)
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            return await engine.SetStreamSettingsAsync(name, SettingsText.Apply(change, engine.Describe(name).Settings));
        }
    }

    private async Task<DropStreamResponse> DropAsync(DropStreamRequest request, ServerCall call)
    {
        try
        {
            await engine.DropStreamAsync(request.Name, call.Cancelled);
            return new DropStreamResponse { Dropped = true };
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamNotFound && request.IfExists)
        {
            return new DropStreamResponse();
        }
    }

    private async Task<DescribeStreamResponse> DescribeAsync(DescribeStreamRequest request, ServerCall call)
    {
        if (!request.IncludeStorage)
            return new DescribeStreamResponse { Stream = StreamText.Describe(engine.Describe(request.Name)) };
        StreamInspection inspection = await engine.InspectStreamAsync(request.Name, call.Cancelled);
        return new DescribeStreamResponse { Stream = StreamText.Describe(inspection.Stream), Storage = StorageText.Describe(inspection) };
    }

    private async Task<FlushStreamResponse> FlushAsync(FlushStreamRequest request, ServerCall call)
    {
        await engine.FlushAsync(request.Name).WaitAsync(call.Cancelled);
        return new FlushStreamResponse { Stream = StreamText.Describe(engine.Describe(request.Name)) };
    }

    private async Task<CompactStreamResponse> CompactAsync(CompactStreamRequest request, ServerCall call)
    {
        await engine.CompactAsync(request.Name).WaitAsync(call.Cancelled);
        return new CompactStreamResponse { Stream = StreamText.Describe(engine.Describe(request.Name)) };
    }

    private ListStreamsResponse List(ListStreamsRequest request)
    {
        // All of them in one message: what streams there are is limited by the memory for rows, which may be far larger than what an answer may take.
        using CallShare share = memory.Open();
        var response = new ListStreamsResponse();
        foreach (Engine.StreamDescription stream in engine.List())
        {
            if (!stream.Name.StartsWith(request.Prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            share.Take(SchemaSize.Bytes(stream.Schema), $"the descriptions of {response.Streams.Count + 1} streams and more");
            response.Streams.Add(StreamText.Describe(stream));
        }

        return response;
    }

    private async Task AppendAsync(ServerCall call)
    {
        using CallShare share = memory.Open();
        using var append = new AppendPipeline(appends, call, new AppendRequests(appends, share, call));
        await append.RunAsync();
    }

    private async Task<AppendTogetherResponse> AppendTogetherAsync(AppendTogetherRequest request)
    {
        using CallShare share = memory.Open();
        var decoder = new RowDecoder(appends, share);
        StreamAppend[] rows =
        [
            .. request.Appends.Select(a => new StreamAppend(
                a.Stream, decoder.Decode(a.Stream, a), a.HasExpectedOffset ? a.ExpectedOffset : null)),
        ];

        // Not the call's token: once it is handed over, the outcome has to be known.
        AppendOptions options = new() { Producer = ProducerText.Parse(request.Producer) };
        IReadOnlyList<AppendResult> results = await engine.AppendAsync(rows, options, CancellationToken.None);
        return new AppendTogetherResponse { Appends = { results.Select((r, i) => ProducerText.Describe(request.Appends[i].RequestId, r)) } };
    }

    private async Task ReadAsync(ReadRequest request, ServerCall call)
    {
        using CallShare share = memory.Open();
        var read = new ReadCall(await reads.OpenAsync(request, call), new RowEncoder(request.Format, request.Stream, share), call, metrics);
        metrics.ReadOpened(request.Follow);
        try
        {
            await read.RunAsync();
        }
        finally
        {
            metrics.ReadClosed(request.Follow);
        }
    }

    /// <summary>Lets errors name the stream that the call was about.</summary>
    private static async Task<T> About<T>(string stream, Func<Task<T>> work)
    {
        T? response = default;
        await About(stream, async () => { response = await work(); });
        return response!;
    }

    private static async Task About(string stream, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (ErrorMapper.Map(e, stream) is { } failure)
        {
            throw failure;
        }
    }
}
