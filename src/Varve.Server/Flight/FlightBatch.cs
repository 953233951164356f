using Varve.Arrow;

namespace Varve.Server.Flight;

/// <summary>Rows to send as one FlightData, and what the application says beside them (empty: nothing).</summary>
internal readonly record struct FlightBatch(RecordBatch Rows, ReadOnlyMemory<byte> AppMetadata = default);
