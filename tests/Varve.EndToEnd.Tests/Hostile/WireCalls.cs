using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc.Health.V1;
using Varve.Rpc.Server;
using Action = Varve.Protocol.Flight.Action;
using Alpha = Varve.Rpc.Reflection.V1Alpha;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Field = Varve.Arrow.Field;
using Reflection = Varve.Rpc.Reflection.V1;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>Good calls of every method that the daemon has, in every form of request that it knows: what hostile ones are made of.</summary>
internal static class WireCalls
{
    /// <summary>The stream that the calls are about.</summary>
    public const string Stream = "fuzz";

    public static Schema Columns { get; } = new(
    [
        new Field("n", ArrowTypes.Int64, isNullable: false), new Field("text", ArrowTypes.Utf8), new Field("x", ArrowTypes.Float64),
        new Field("blob", ArrowTypes.BinaryView), new Field("list", new ListType(new Field("item", ArrowTypes.Int32))),
        new Field("at", ArrowTypes.TimestampMicrosUtc), new Field("fixed", new FixedSizeBinaryType(4)),
    ]);

    private static readonly Schema Coded = new([Columns.Fields[0], new Field("text", new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false))]);

    /// <summary>All services; each method has at least one call among <see cref="All"/>.</summary>
    public static IReadOnlyList<ServiceDescriptor> Services { get; } =
    [
        .. StreamsReflection.Descriptor.Services, .. ProducersReflection.Descriptor.Services, .. ConsumersReflection.Descriptor.Services,
        .. AdminReflection.Descriptor.Services, .. FlightReflection.Descriptor.Services,
        .. HealthReflection.Descriptor.Services, .. Reflection.ReflectionReflection.Descriptor.Services,
        .. Alpha.ReflectionReflection.Descriptor.Services,
    ];

    public static IReadOnlyList<WireCall> All { get; } = [.. Streams(), .. Producers(), .. Consumers(), .. Reads(), .. Flights(), .. Puts(), .. Actions(), .. Others()];

    private static IEnumerable<WireCall> Streams()
    {
        ByteString schema = ByteString.CopyFrom(SchemaMessage.EncodeEncapsulated(Columns));
        ByteString more = ByteString.CopyFrom(SchemaMessage.Encode(new Schema([new Field("more", ArrowTypes.Int32)])));
        var text = new Columns { Columns_ = { new Column { Name = "a", Type = "struct<b: int32, c: list<utf8>>", Metadata = { ["k"] = "v" } } } };
        yield return Of("CreateStream", new CreateStreamRequest { Name = "made-a", ArrowSchema = schema, IfNotExists = true });
        yield return Of("CreateStream", new CreateStreamRequest { Name = "made/b", Columns = text, IfNotExists = true });
        yield return Of("AlterStream", new AlterStreamRequest { Name = "made-a", AddArrowSchema = more });
        yield return Of("AlterStream", new AlterStreamRequest { Name = "made-a", AddColumns = text });
        yield return Of("DropStream", new DropStreamRequest { Name = "made-a", IfExists = true });
        yield return Of("DescribeStream", new DescribeStreamRequest { Name = Stream, IncludeStorage = true });
        yield return Of("FlushStream", new FlushStreamRequest { Name = Stream });
        yield return Of("CompactStream", new CompactStreamRequest { Name = Stream });
        yield return Of("ListStreams", new ListStreamsRequest { Prefix = "fu" });
        var typed = new ColumnBatch { RowCount = 2 };
        typed.Columns.Add(new ColumnValues { Name = "n", Ints = new Int64Values { Values = { 1, -2 } } });
        typed.Columns.Add(new ColumnValues { Name = "text", Strings = new StringValues { Values = { "a", "" } }, NullRows = { 1 } });
        typed.Columns.Add(new ColumnValues { Name = "x", Doubles = new DoubleValues { Values = { 0.5, double.NaN } } });
        typed.Columns.Add(new ColumnValues { Name = "list", Json = new StringValues { Values = { "[1,null]", "[]" } } });
        const string json = """
            {"n":1,"text":"x"}
            {"n":2,"list":[1,2],"at":"2024-01-01T00:00:00Z"}
            """;
        yield return Of("Append",
            new AppendRequest { Stream = Stream, RequestId = 1, Arrow = Ipc(Rows(3)) },
            new AppendRequest { RequestId = 2, Columns = typed },
            new AppendRequest { RequestId = 3, Json = ByteString.CopyFromUtf8(json) },
            new AppendRequest { Arrow = Ipc(Rows(2), Rows(1)) });
        yield return Of("Append", new AppendRequest { Stream = Stream, Arrow = Ipc(CodedRows()) });
    }

    private static IEnumerable<WireCall> Producers()
    {
        var number = new ProducerSequence { ProducerId = 1, Epoch = 1, Sequence = 0 };
        ByteString row = ByteString.CopyFromUtf8("""{"n":1}""");
        yield return new WireCall(PathOf("Producers", "OpenProducer"), [new OpenProducerRequest { Name = "fuzzer" }]);
        yield return new WireCall(PathOf("Producers", "ListProducers"), [new ListProducersRequest()]);
        yield return Of("Append", new AppendRequest { Stream = Stream, Json = row, Producer = number });
        yield return Of("Append", new AppendRequest { Stream = Stream, Json = row, ExpectedOffset = 1 });
        yield return Of("AppendTogether", new AppendTogetherRequest { Appends = { new AppendRequest { Stream = Stream, Arrow = Ipc(Rows(2)) } } });
        yield return Of("AppendTogether", new AppendTogetherRequest { Producer = number, Appends = { new AppendRequest { Stream = Stream, Json = row } } });
    }

    private static IEnumerable<WireCall> Consumers()
    {
        const string name = "worker";
        var rows = new OffsetRange { FromOffset = 0, ToOffset = 2 };
        var settings = new ConsumerSettings { AckTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), DeadLetterStream = "fuzz-dead", MaxDeliveries = 2 };
        yield return Call("CreateConsumer", new CreateConsumerRequest { Stream = Stream, Name = name, IfNotExists = true, Settings = settings });
        yield return Call("AlterConsumer", new AlterConsumerRequest { Stream = Stream, Name = name, Settings = settings });
        yield return Call("DescribeConsumer", new DescribeConsumerRequest { Stream = Stream, Name = name });
        yield return Call("ListConsumers", new ListConsumersRequest());
        foreach (RowFormat format in new[] { RowFormat.Arrow, RowFormat.Columns, RowFormat.Json })
        {
            yield return Call("Consume", new ConsumeRequest
            {
                Stream = Stream,
                Consumer = name,
                Member = "m",
                Format = format,
                MaxBatchRows = 2,
                MaxBatches = 2,
                MaxWait = new Duration { Nanos = 1_000_000 },
                Columns = { "n", "_offset", "_time" },
            });
        }

        yield return Call("Acknowledge", new AcknowledgeRequest { Stream = Stream, Consumer = name, Epoch = 1, Rows = { rows } });
        yield return Call("Reject", new RejectRequest { Stream = Stream, Consumer = name, Member = "m", LeaseId = 1, Rows = { rows }, Reason = "no" });
        yield return Call("ExtendLeases", new ExtendLeasesRequest { Stream = Stream, Consumer = name, Member = "m", LeaseIds = { 1, 2 } });
        yield return Call("ReleaseLeases", new ReleaseLeasesRequest { Stream = Stream, Consumer = name, Member = "m", LeaseIds = { 1, 2 } });
        yield return Call("CommitOffset", new CommitOffsetRequest { Stream = Stream, Consumer = name, Offset = 1, ExpectedOffset = 0 });
        yield return Call("ResetConsumer", new ResetConsumerRequest { Stream = Stream, Name = name, Start = new ConsumerStart { Current = true } });
        yield return Call("DeleteConsumer", new DeleteConsumerRequest { Stream = Stream, Name = "other", IfExists = true });

        static WireCall Call(string method, IMessage message) => new(PathOf("Consumers", method), [message]);
    }

    private static IEnumerable<WireCall> Reads()
    {
        foreach (RowFormat format in new[] { RowFormat.Arrow, RowFormat.Columns, RowFormat.Json })
            yield return Of("Read", new ReadRequest { Stream = Stream, LastRows = 100, Format = format, Columns = { "text", "_offset", "list" } });
        yield return Of("Read", new ReadRequest { Stream = Stream, FromOffset = 1, ToOffset = 3, Follow = true, MaxBatchRows = 1 });
    }

    private static IEnumerable<WireCall> Flights()
    {
        FlightDescriptor path = FlightMessages.StreamDescriptor(Stream);
        FlightDescriptor query = FlightMessages.CommandDescriptor(new CommandStatementQuery { Query = "select n, text from fuzz where n > 1" });
        var bare = new FlightDescriptor { Type = FlightDescriptor.Types.DescriptorType.Cmd, Cmd = ByteString.CopyFromUtf8("select 1") };
        var read = new ReadRequest { Stream = Stream, MaxRows = 10 };
        var ticket = new StreamTicket { Read = read };
        yield return Flight("ListFlights", new Criteria { Expression = ByteString.CopyFromUtf8("f") });
        yield return Flight("GetFlightInfo", path);
        yield return Flight("GetFlightInfo", query);
        yield return Flight("GetFlightInfo", FlightMessages.CommandDescriptor(ticket));
        yield return Flight("GetFlightInfo", bare);
        yield return Flight("GetSchema", path);
        yield return Flight("GetSchema", query);
        yield return Flight("PollFlightInfo", query);
        yield return Flight("DoGet", FlightMessages.StreamTicket(read));
        yield return Flight("DoGet", FlightMessages.StatementTicket(new StatementTicket { Sql = "select count(*), max(text) from fuzz group by x" }));
        yield return Flight("DoGet", new Ticket { Ticket_ = ByteString.CopyFromUtf8("""{"sql_query":"select 1","query_type":"sql"}""") });
        IMessage[] commands =
        [
            new CommandGetCatalogs(), new CommandGetTableTypes(), new CommandGetXdbcTypeInfo { DataType = 4 },
            new CommandGetSqlInfo { Info = { 0, 1, 500 } },
            new CommandGetDbSchemas { Catalog = "varve", DbSchemaFilterPattern = "%" },
            new CommandGetTables { Catalog = "varve", TableNameFilterPattern = "f_z%", TableTypes = { "TABLE" }, IncludeSchema = true },
            new CommandGetPrimaryKeys { Table = Stream }, new CommandGetExportedKeys { Table = Stream },
            new CommandGetImportedKeys { Table = Stream }, new CommandGetCrossReference { PkTable = Stream, FkTable = Stream },
        ];
        foreach (IMessage command in commands)
        {
            yield return Flight("GetFlightInfo", FlightMessages.CommandDescriptor(command));
            yield return Flight("DoGet", new Ticket { Ticket_ = AnyMessage.Pack(command) });
        }
    }

    private static IEnumerable<WireCall> Puts()
    {
        yield return Flight("Handshake", new HandshakeRequest { Payload = new BasicAuth { Username = "u", Password = "p" }.ToByteString() });
        yield return Flight("DoPut", [.. Put(FlightMessages.StreamDescriptor(Stream), Rows(2), Rows(3))]);
        yield return Flight("DoPut", [.. Put(FlightMessages.StreamDescriptor("made-c"), CodedRows())]);
        var ingest = new CommandStatementIngest { Table = Stream, Schema = "main", Catalog = "varve" };
        yield return Flight("DoPut", [.. Put(FlightMessages.CommandDescriptor(ingest), Rows(2))]);
        var bind = new CommandPreparedStatementQuery { PreparedStatementHandle = ByteString.CopyFrom(new byte[16]) };
        yield return Flight("DoPut", [.. Put(FlightMessages.CommandDescriptor(bind), Rows(1))]);
        yield return Flight("DoExchange", [.. Put(FlightMessages.StreamDescriptor(Stream), Rows(1))]);
    }

    private static IEnumerable<WireCall> Actions()
    {
        Ticket running = FlightMessages.StatementTicket(new StatementTicket { Sql = "select 1" });
        var info = new FlightInfo { Endpoint = { new FlightEndpoint { Ticket = running } } };
        var options = new SetSessionOptionsRequest { SessionOptions = { ["catalog"] = new SessionOptionValue { StringValue = "varve" } } };
        var close = new ActionClosePreparedStatementRequest { PreparedStatementHandle = ByteString.CopyFrom(1, 2) };
        (string, ByteString)[] actions =
        [
            ("CreatePreparedStatement", AnyMessage.Pack(new ActionCreatePreparedStatementRequest { Query = "select * from fuzz where n = ?" })),
            ("ClosePreparedStatement", AnyMessage.Pack(close)),
            ("CancelQuery", AnyMessage.Pack(new ActionCancelQueryRequest { Info = info.ToByteString() })),
            ("CancelFlightInfo", new CancelFlightInfoRequest { Info = info }.ToByteString()),
            ("GetSessionOptions", ByteString.Empty),
            ("SetSessionOptions", options.ToByteString()),
            ("CloseSession", ByteString.Empty), ("BeginTransaction", ByteString.Empty), ("no such action", ByteString.Empty),
        ];
        foreach ((string type, ByteString body) in actions)
            yield return Flight("DoAction", new Action { Type = type, Body = body });
        yield return Flight("ListActions", new Empty());
    }

    private static IEnumerable<WireCall> Others()
    {
        yield return new WireCall(PathOf("Admin", "GetStatus"), [new GetStatusRequest()]);
        yield return new WireCall(PathOf("Admin", "ListKeys"), [new ListKeysRequest()]);
        yield return new WireCall(PathOf("Admin", "Check"), [new CheckRequest()]);
        yield return new WireCall(PathOf("Admin", "RotateKey"), [new RotateKeyRequest { Stream = Stream }]);
        yield return new WireCall(PathOf("Admin", "CreateSnapshot"), [new CreateSnapshotRequest { Repository = "/nowhere" }]);
        yield return new WireCall(
            PathOf("Admin", "RestoreStream"),
            [new RestoreStreamRequest { Repository = "/nowhere", Stream = Stream, Target = "restored", Position = 1, EndOffset = 1, BytesPerSecondMax = 1 }]);
        yield return new WireCall(PathOf("Admin", "ListSnapshots"), [new ListSnapshotsRequest { Repository = "/nowhere" }]);
        yield return new WireCall(PathOf("Admin", "GetSnapshot"), [new GetSnapshotRequest { Id = "20261128-015226-3f2a91c0" }]);
        yield return new WireCall(PathOf("Admin", "VerifySnapshots"), [new VerifySnapshotsRequest { Full = true }]);
        yield return new WireCall(PathOf("Admin", "PruneSnapshots"), [new PruneSnapshotsRequest { Keep = "14d/8w", DryRun = true }]);
        yield return new WireCall(PathOf("Admin", "DrillSnapshot"), [new DrillSnapshotRequest()]);
        yield return new WireCall(PathOf("Health", "Check"), [new HealthCheckRequest { Service = "varve.v1.Streams" }]);
        yield return new WireCall(PathOf("Health", "Watch"), [new HealthCheckRequest()]);
        yield return new WireCall("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        [
            new Reflection.ServerReflectionRequest { ListServices = "" },
            new Reflection.ServerReflectionRequest { FileContainingSymbol = "varve.v1.Streams.Append" },
            new Reflection.ServerReflectionRequest { FileByFilename = "varve/v1/streams.proto" },
            new Reflection.ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.EnumValueOptions" },
        ]);
        yield return new WireCall("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            [new Alpha.ServerReflectionRequest { ListServices = "*" }]);
    }

    private static WireCall Of(string method, params IMessage[] messages) => new(PathOf("Streams", method), messages);

    private static WireCall Flight(string method, params IMessage[] messages) => new(PathOf("FlightService", method), messages);

    private static string PathOf(string service, string method) =>
        ServerMethod.PathOf(Services.First(s => s.Name == service).FindMethodByName(method));

    private static RecordBatch Rows(int count)
    {
        var builder = new RecordBatchBuilder(Columns);
        for (int i = 0; i < count; i++)
        {
            byte[] blob = Encoding.UTF8.GetBytes(new string('b', 5 * i));
            builder.AppendRow((long)i, i % 2 == 0 ? "text" : null, 0.5 * i, blob, new object?[] { i, null }, 1_000_000L * i, new byte[4]);
        }

        return builder.Build();
    }

    private static RecordBatch CodedRows() => new RecordBatchBuilder(Coded).AppendRow(1L, "red").AppendRow(2L, null).AppendRow(3L, "red").Build();

    private static ByteString Ipc(params RecordBatch[] batches)
    {
        using var bytes = new MemoryStream();
        using (var writer = new IpcStreamWriter(bytes, batches[0].Schema, leaveOpen: true))
        {
            foreach (RecordBatch batch in batches)
                writer.Write(batch);
        }

        return ByteString.CopyFrom(bytes.ToArray());
    }

    private static IEnumerable<FlightData> Put(FlightDescriptor descriptor, params RecordBatch[] batches)
    {
        Schema schema = batches[0].Schema;
        yield return new FlightData { FlightDescriptor = descriptor, DataHeader = ByteString.CopyFrom(SchemaMessage.Encode(schema)) };
        var tracker = new DictionaryTracker(schema);
        foreach (RecordBatch batch in batches)
        {
            foreach (BatchMessage dictionary in BatchEncoder.EncodeDictionaries(batch, tracker))
                yield return Data(dictionary);
            yield return Data(BatchEncoder.Encode(batch));
        }
    }

    private static FlightData Data(BatchMessage message) => new()
    {
        DataHeader = ByteString.CopyFrom(message.Header.Span),
        DataBody = ByteString.CopyFrom([.. message.Body.SelectMany(part => part.ToArray())]),
    };
}
