using System.Globalization;
using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Metrics;
using Varve.Server.Read;
using Varve.Storage;

namespace Varve.Server.Flight;

/// <summary>Streams as flights: a PATH descriptor names one, a StreamTicket reads it. Any thread.</summary>
internal sealed class StreamFlights(StreamReads reads, ServerMetrics metrics)
{
    /// <summary>All streams whose names begin so, by name.</summary>
    public IEnumerable<FlightInfo> List(string prefix)
    {
        foreach (Storage.StreamDescription stream in reads.Engine.List())
        {
            if (stream.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                yield return Plan(stream, stream.Position).ToFlightInfo(FlightMessages.StreamDescriptor(stream.Name));
        }
    }

    /// <exception cref="StorageException">There is no such stream.</exception>
    public async Task<FlightPlan> PlanAsync(string stream, ServerCall call)
    {
        (Storage.StreamDescription description, LogPosition position) = await reads.DescribeAsync(stream, call);
        return Plan(description, position);
    }

    /// <summary>A ticket that the client made itself, as the command of a descriptor.</summary>
    public async Task<FlightPlan> PlanAsync(StreamTicket ticket, ServerCall call)
    {
        StreamRead read = await OpenAsync(ticket, call);
        StreamTicket pinned = ticket.Clone();
        pinned.StreamId = IdOf(read.Stream);
        return new FlightPlan(read.Schema, Ticket(pinned), read.RowCount, IsOrdered: true) { Position = new LogPosition(read.Opened.Position) };
    }

    /// <summary>
    /// Each batch goes out with a ReadResponse without rows as its app_metadata: the batch's offsets, and how far the reader has come.
    /// </summary>
    public async Task SendAsync(StreamTicket ticket, ServerCall call)
    {
        StreamRead read = await OpenAsync(ticket, call);
        call.AddResponseHeader(ReadPoints.PositionKey, read.Opened.Position.ToString(CultureInfo.InvariantCulture));
        metrics.ReadOpened(ticket.Read.Follow);
        try
        {
            await SendAsync(read, new FlightSender(call), call.Cancelled);
        }
        finally
        {
            metrics.ReadClosed(ticket.Read.Follow);
        }
    }

    private async Task SendAsync(StreamRead read, FlightSender sender, CancellationToken cancelled)
    {
        await sender.SendAsync(read.Schema);
        await foreach (RowSlice slice in read.SlicesAsync(cancelled))
            metrics.RowsRead(slice.Rows.RowCount, await sender.SendAsync(slice.Rows, slice.About().ToByteArray()));
    }

    /// <summary>The rows that are there now: the ticket gives the same ones whenever it is used, and never those of another stream.</summary>
    private static FlightPlan Plan(Storage.StreamDescription stream, LogPosition position)
    {
        var read = new ReadRequest { Stream = stream.Name, FromOffset = stream.FirstOffset, ToOffset = stream.EndOffset };
        Ticket ticket = Ticket(new StreamTicket { Read = read, StreamId = IdOf(stream) });
        return new FlightPlan(stream.Schema, ticket, stream.RowCount, IsOrdered: true) { Position = position };
    }

    private static Ticket Ticket(StreamTicket ticket) => FlightMessages.StreamTicket(ticket.Read, ticket.StreamId);

    private static string IdOf(Storage.StreamDescription stream) => stream.Id.ToString(CultureInfo.InvariantCulture);

    private async Task<StreamRead> OpenAsync(StreamTicket ticket, ServerCall call)
    {
        ReadRequest request = ticket.Read ?? throw ErrorMapper.InvalidRequest("the stream ticket does not say what to read");
        if (request.Format is not (RowFormat.Unspecified or RowFormat.Arrow))
        {
            throw ErrorMapper.InvalidRequest(
                $"the ticket for stream '{request.Stream}' asks for format {request.Format}; Flight carries Arrow", request.Stream);
        }

        StreamRead read = await reads.OpenAsync(request, call);
        if (ticket.StreamId.Length > 0 && ticket.StreamId != IdOf(read.Stream))
        {
            throw ErrorMapper.Create(ErrorCode.StreamNotFound,
                $"the ticket is for a stream '{request.Stream}' that was dropped; another of that name exists now", request.Stream);
        }

        return read;
    }
}
