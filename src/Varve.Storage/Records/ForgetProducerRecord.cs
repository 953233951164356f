namespace Varve.Storage.Records;

/// <summary>A producer goes that was not used for long.</summary>
/// <param name="TimeMicros">When.</param>
/// <param name="ProducerId">Never used again.</param>
internal sealed record ForgetProducerRecord(long TimeMicros, long ProducerId) : LogRecord(NoStream, TimeMicros);
