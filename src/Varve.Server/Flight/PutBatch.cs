using Varve.Arrow;
using Varve.Protocol.Flight;

namespace Varve.Server.Flight;

/// <summary>A batch of a DoPut and the message whose memory its rows are in.</summary>
internal sealed record PutBatch(RecordBatch Rows, FlightDataMessage Message);
