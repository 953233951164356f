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
internal sealed class StreamFlights(StorageEngine engine, ServerMetrics metrics)
{
    /// <summary>All streams whose names begin so, by name.</summary>
    public IEnumerable<FlightInfo> List(string prefix)
    {
        foreach (Storage.StreamDescription stream in engine.List())
        {
            if (stream.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                yield return Plan(stream).ToFlightInfo(FlightMessages.StreamDescriptor(stream.Name));
        }
    }

    /// <exception cref="StorageException">There is no such stream.</exception>
    public FlightPlan Plan(string stream) => Plan(engine.Describe(stream));

    /// <summary>A ticket that the client made itself, as the command of a descriptor.</summary>
    public FlightPlan Plan(StreamTicket ticket)
    {
        StreamRead read = Open(ticket);
        StreamTicket pinned = ticket.Clone();
        pinned.StreamId = IdOf(read.Stream);
        return new FlightPlan(read.Schema, Ticket(pinned), read.RowCount, IsOrdered: true);
    }

    /// <summary>
    /// Each batch goes out with a ReadResponse without rows as its app_metadata: the batch's offsets, and how far the reader has come.
    /// </summary>
    public async Task SendAsync(StreamTicket ticket, ServerCall call)
    {
        StreamRead read = Open(ticket);
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
        {
            var about = new ReadResponse
            {
                FirstOffset = slice.FirstOffset,
                RowCount = slice.Rows.RowCount,
                Position = slice.Position.Value,
                EndOffset = slice.EndOffset,
            };
            metrics.RowsRead(slice.Rows.RowCount, await sender.SendAsync(slice.Rows, about.ToByteArray()));
        }
    }

    /// <summary>The rows that are there now: the ticket gives the same ones whenever it is used, and never those of another stream.</summary>
    private static FlightPlan Plan(Storage.StreamDescription stream)
    {
        var read = new ReadRequest { Stream = stream.Name, FromOffset = stream.FirstOffset, ToOffset = stream.EndOffset };
        return new FlightPlan(stream.Schema, Ticket(new StreamTicket { Read = read, StreamId = IdOf(stream) }), stream.RowCount, IsOrdered: true);
    }

    private static Ticket Ticket(StreamTicket ticket) => FlightMessages.StreamTicket(ticket.Read, ticket.StreamId);

    private static string IdOf(Storage.StreamDescription stream) => stream.Id.ToString(CultureInfo.InvariantCulture);

    private StreamRead Open(StreamTicket ticket)
    {
        ReadRequest request = ticket.Read ?? throw ErrorMapper.InvalidRequest("the stream ticket does not say what to read");
        if (request.Format is not (RowFormat.Unspecified or RowFormat.Arrow))
        {
            throw ErrorMapper.InvalidRequest(
                $"the ticket for stream '{request.Stream}' asks for format {request.Format}; Flight carries Arrow", request.Stream);
        }

        StreamRead read = StreamRead.Open(engine, request);
        if (ticket.StreamId.Length > 0 && ticket.StreamId != IdOf(read.Stream))
        {
            throw ErrorMapper.Create(ErrorCode.StreamNotFound,
                $"the ticket is for a stream '{request.Stream}' that was dropped; another of that name exists now", request.Stream);
        }

        return read;
    }
}
