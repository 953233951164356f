using Microsoft.Extensions.Logging;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Runs one kind of background work for streams. What fails is logged, counted and tried again later; it stops neither appends nor reads, nor the
/// work for other streams. For one thread.
/// </summary>
/// <param name="doing">The work, for the log, such as "sealing".</param>
/// <param name="time">Says when to try again.</param>
/// <param name="countFailure">Called for each failure.</param>
/// <param name="logger">Is told of each failure.</param>
internal sealed class CarefulWork(string doing, TimeProvider time, Action countFailure, ILogger logger)
{
    private readonly RetryTimes _retries = new(time);

    /// <summary>Whether the work failed for the stream a short while ago.</summary>
    public bool IsWaiting(StreamState stream) => IsWaiting(stream.Id);

    /// <summary>Whether it did for the stream, or the node, of that id.</summary>
    public bool IsWaiting(long streamId) => _retries.IsWaiting(streamId);

    /// <summary>Null when it went well, else what went wrong.</summary>
    /// <exception cref="OperationCanceledException">The service ends.</exception>
    public Exception? Try(StreamState stream, Action step) => Try(stream.Id, $"stream '{stream.Name}'", step);

    /// <summary>The same for what may be no stream.</summary>
    /// <param name="streamId">The stream, or the node.</param>
    /// <param name="subject">What it is called in the log.</param>
    /// <param name="step">The work.</param>
    /// <exception cref="OperationCanceledException">The service ends.</exception>
    public Exception? Try(long streamId, string subject, Action step)
    {
        try
        {
            step();
            _retries.Succeeded(streamId);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the next stream can do without it, and a thread that ends for it would end the process.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            countFailure();
            TimeSpan delay = _retries.Failed(streamId);
            logger.LogError(
                failure,
                "{Doing} {Subject} failed and is tried again in {Delay}: {Reason}. Appends and reads go on",
                doing,
                subject,
                delay,
                failure.Message);
            return failure;
        }
    }
}
