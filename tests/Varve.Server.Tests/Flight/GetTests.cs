using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.Server.Tests.Flight;

public class GetTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64), new Field("text", ArrowTypes.Utf8)]);

    private readonly FlightCalls _flight = new(server.Channel);

    [Fact]
    public async Task A_ticket_gives_the_rows_that_were_there_when_it_was_made()
    {
        await _flight.AppendAsync("pinned", Columns, Rows(0, 3));
        FlightInfo info = await _flight.InfoAsync(FlightMessages.StreamDescriptor("pinned"));
        await _flight.AppendAsync("pinned", Columns, Rows(3, 2));

        FlightResult rows = await _flight.GetAsync(info.Endpoint[0].Ticket);

        Assert.Equal((3L, true), (info.TotalRecords, info.Ordered));
        Assert.Equal(Columns, SchemaMessage.Decode(info.Schema.Span));
        Assert.Equal(Columns, await _flight.SchemaAsync(FlightMessages.StreamDescriptor("pinned")));
        Assert.Equal(["pinned"], info.FlightDescriptor.Path);
        Assert.Equal(3, rows.RowCount);
        ReadResponse about = ReadResponse.Parser.ParseFrom(rows.AppMetadata[0].Span);
        Assert.Equal((0L, 3L, 5L), (about.FirstOffset, about.RowCount, about.EndOffset));
        Assert.True(about.Position > 0);
    }

    [Fact]
    public async Task A_ticket_never_reads_another_stream_that_took_the_name()
    {
        await _flight.AppendAsync("phoenix", Columns, Rows(0, 1));
        Ticket ticket = (await _flight.InfoAsync(FlightMessages.StreamDescriptor("phoenix"))).Endpoint[0].Ticket;
        await server.Server.Engine.DropStreamAsync("phoenix");

        Assert.Equal(ErrorCode.StreamNotFound, await ErrorOf(ticket));
        await _flight.AppendAsync("phoenix", Columns, Rows(0, 1));
        Assert.Equal(ErrorCode.StreamNotFound, await ErrorOf(ticket));
    }

    [Fact]
    public async Task A_client_may_make_a_ticket_that_chooses_columns_and_rows()
    {
        await _flight.AppendAsync("chosen", Columns, Rows(0, 10));
        var read = new ReadRequest { Stream = "chosen", FromOffset = 4, MaxRows = 3, Columns = { "text", "_offset" } };

        FlightInfo info = await _flight.InfoAsync(new StreamTicket { Read = read });
        FlightResult rows = await _flight.GetAsync(FlightMessages.StreamTicket(read));

        Assert.Equal(3, info.TotalRecords);
        Assert.Equal(["text", "_offset"], rows.Schema.Fields.Select(f => f.Name));
        Assert.Equal("""{"text":"row 4","_offset":4}{"text":"row 5","_offset":5}{"text":"row 6","_offset":6}""", rows.Json.ReplaceLineEndings(""));
        Assert.Equal(rows.Json, (await _flight.GetAsync(info.Endpoint[0].Ticket)).Json);
    }

    [Fact]
    public async Task A_ticket_that_follows_goes_on_with_rows_that_come_later()
    {
        await _flight.AppendAsync("followed", Columns, Rows(0, 1));
        using ServerStreamingCall<FlightData> call = _flight.OpenGet(
            FlightMessages.StreamTicket(new ReadRequest { Stream = "followed", Follow = true, MaxRows = 3 }));
        var messages = new List<FlightDataMessage>();
        async Task NextAsync() => messages.Add((await call.ResponseStream.ReadAsync(FlightDataMessage.Decode)).Message!);
        await NextAsync();
        await NextAsync();
        await _flight.AppendAsync("followed", Columns, Rows(1, 5));
        await NextAsync();

        Assert.Equal([1L, 2L], messages.Skip(1).Select(m => ReadResponse.Parser.ParseFrom(m.AppMetadata.Span).RowCount));
        Assert.False((await call.ResponseStream.ReadAsync(FlightDataMessage.Decode)).HasMessage);
    }

    [Fact]
    public async Task Long_streams_come_in_messages_that_every_client_takes()
    {
        var schema = new Schema([new Field("text", ArrowTypes.Utf8)]);
        var builder = new RecordBatchBuilder(schema);
        string text = new('x', 200);
        for (int i = 0; i < 40_000; i++)
            builder.AppendRow(text);
        await _flight.AppendAsync("long", schema, builder.Build());

        FlightResult rows = await _flight.GetAsync((await _flight.InfoAsync(FlightMessages.StreamDescriptor("long"))).Endpoint[0].Ticket);

        Assert.Equal(40_000, rows.RowCount);
        Assert.InRange(rows.Batches.Count, 4, 16);
        Assert.All(rows.Batches, batch => Assert.True(BatchEncoder.Encode(batch).BodyLengthBytes <= 2_200_000));
    }

    [Fact]
    public async Task Flights_are_listed_by_prefix()
    {
        await _flight.AppendAsync("list/b", Columns);
        await _flight.AppendAsync("list/a", Columns, Rows(0, 2));
        using ServerStreamingCall<FlightInfo> call = server.Channel.ServerStreaming<Criteria, FlightInfo>(
            FlightCalls.Method("ListFlights"), new Criteria { Expression = ByteString.CopyFromUtf8("list/") });
        List<FlightInfo> flights = [];
        await foreach (FlightInfo info in call.ResponseStream.ReadAllAsync())
            flights.Add(info);

        Assert.Equal([("list/a", 2L), ("list/b", 0L)], flights.Select(f => (f.FlightDescriptor.Path[0], f.TotalRecords)));
        Assert.Equal(2, (await _flight.GetAsync(flights[0].Endpoint[0].Ticket)).RowCount);
    }

    [Fact]
    public async Task What_is_no_ticket_is_refused_with_a_reason()
    {
        await _flight.AppendAsync("there", Columns, Rows(0, 1));
        (ByteString Ticket, ErrorCode Code)[] cases =
        [
            (ByteString.Empty, ErrorCode.InvalidRequest),
            (ByteString.CopyFrom(0xFF, 0xFE, 0x00), ErrorCode.InvalidRequest),
            (ByteString.CopyFromUtf8("{\"query_type\":\"flux\",\"sql_query\":\"x\"}"), ErrorCode.InvalidRequest),
            (ByteString.CopyFromUtf8("{\"database\":\"x\"}"), ErrorCode.InvalidRequest),
            (ByteString.CopyFromUtf8("{ this is no json"), ErrorCode.InvalidRequest),
            (ByteString.CopyFromUtf8("no ticket of ours"), ErrorCode.SqlInvalid),
            (AnyMessage.Pack(new AppendResponse()), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new StreamTicket()), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new StreamTicket { Read = new ReadRequest { Stream = "not-there" } }), ErrorCode.StreamNotFound),
            (AnyMessage.Pack(new StreamTicket { Read = new ReadRequest { Stream = "there", FromOffset = 2 } }), ErrorCode.OffsetOutOfRange),
            (AnyMessage.Pack(new StreamTicket { Read = new ReadRequest { Stream = "there", Columns = { "nothing" } } }), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new StreamTicket { Read = new ReadRequest { Stream = "there", Format = RowFormat.Json } }), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new TicketStatementQuery { StatementHandle = ByteString.CopyFrom(0xFF, 1) }), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new TicketStatementQuery()), ErrorCode.InvalidRequest),
            (Broken(StreamTicket.Descriptor.FullName), ErrorCode.InvalidRequest),
            (Broken(TicketStatementQuery.Descriptor.FullName), ErrorCode.InvalidRequest),
            (Broken(CommandGetTables.Descriptor.FullName), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new CommandStatementUpdate { Query = "delete from there" }), ErrorCode.InvalidRequest),
            (AnyMessage.Pack(new CommandStatementSubstraitPlan()), ErrorCode.Unsupported),
        ];
        foreach ((ByteString ticket, ErrorCode code) in cases)
            Assert.Equal((ticket.ToBase64(), code), (ticket.ToBase64(), await ErrorOf(FlightCalls.BareTicket(ticket))));
    }

    [Fact]
    public async Task What_is_no_descriptor_is_refused_with_a_reason()
    {
        (FlightDescriptor Descriptor, ErrorCode Code)[] cases =
        [
            (new FlightDescriptor(), ErrorCode.InvalidRequest),
            (FlightMessages.StreamDescriptor("not-there"), ErrorCode.StreamNotFound),
            (new FlightDescriptor { Type = FlightDescriptor.Types.DescriptorType.Path }, ErrorCode.StreamNotFound),
            (new FlightDescriptor { Type = FlightDescriptor.Types.DescriptorType.Cmd }, ErrorCode.InvalidRequest),
            (FlightMessages.CommandDescriptor(new CommandPreparedStatementQuery()), ErrorCode.HandleNotFound),
            (FlightMessages.CommandDescriptor(new CommandStatementIngest { Table = "t" }), ErrorCode.InvalidRequest),
        ];
        foreach ((FlightDescriptor descriptor, ErrorCode code) in cases)
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.InfoAsync(descriptor));
            Assert.Equal((descriptor.ToString(), code), (descriptor.ToString(), RunningServer.DetailOf(e).Code));
            RpcException schema = await Assert.ThrowsAsync<RpcException>(() => _flight.SchemaAsync(descriptor));
            Assert.Equal(code, RunningServer.DetailOf(schema).Code);
        }
    }

    [Fact]
    public async Task An_exchange_says_what_to_use_instead()
    {
        using DuplexCall<FlightData, FlightData> exchange = server.Channel.Duplex<FlightData, FlightData>(FlightCalls.Method("DoExchange"));
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await exchange.ResponseStream.ReadAsync());
        Assert.Equal(StatusCode.Unimplemented, refusal.Code);
        Assert.Contains("DoPut", refusal.Message, StringComparison.Ordinal);
    }

    private static ByteString Broken(string type) =>
        new Any { TypeUrl = "type.googleapis.com/" + type, Value = ByteString.CopyFrom(0x0A, 0x7F, 1) }.ToByteString();

    private static RecordBatch Rows(int first, int count)
    {
        var builder = new RecordBatchBuilder(Columns);
        for (int i = first; i < first + count; i++)
            builder.AppendRow((long)i, $"row {i}");
        return builder.Build();
    }

    private async Task<ErrorCode> ErrorOf(Ticket ticket) =>
        RunningServer.DetailOf(await Assert.ThrowsAsync<RpcException>(() => _flight.GetAsync(ticket))).Code;
}
