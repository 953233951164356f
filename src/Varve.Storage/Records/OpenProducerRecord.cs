namespace Varve.Storage.Records;

/// <summary>A producer comes, or comes again.</summary>
/// <param name="TimeMicros">When.</param>
/// <param name="ProducerId">Of a new one: one more than that of the newest.</param>
/// <param name="Epoch">Of a new one 1, else one more than before. Appends of earlier epochs are refused from here on.</param>
/// <param name="Name">The same for all epochs.</param>
internal sealed record OpenProducerRecord(long TimeMicros, long ProducerId, int Epoch, string Name) : LogRecord(NoStream, TimeMicros);
