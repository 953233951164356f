using Varve.Arrow;
using ProducerSequence = Varve.Storage.ProducerSequence;

namespace Varve.Server.Append;

/// <summary>Rows that a client wants appended.</summary>
/// <param name="RequestId">Comes back in the answer.</param>
/// <param name="Stream">As the client named it.</param>
/// <param name="Rows">One atomic batch.</param>
/// <param name="SizeBytes">Of the message that brought them, about.</param>
/// <param name="ExpectedOffset">Where the stream must end; null: anywhere.</param>
/// <param name="Producer">The number of the append; null: nobody counts.</param>
/// <param name="Memory">What the rows lie in, to be given back when they are durable; null where the garbage collector sees to it.</param>
internal readonly record struct AppendRows(
    ulong RequestId,
    string Stream,
    RecordBatch Rows,
    int SizeBytes,
    long? ExpectedOffset = null,
    ProducerSequence? Producer = null,
    IDisposable? Memory = null);
