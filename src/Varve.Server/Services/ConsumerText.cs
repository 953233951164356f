using Google.Protobuf.WellKnownTypes;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Storage;
using Engine = Varve.Storage;

namespace Varve.Server.Services;

/// <summary>Consumers between the engine and the messages of varve.v1. Stateless.</summary>
internal static class ConsumerText
{
    private const int RangesShownMax = 100;
    private const int RangesMax = 65_536;
    private const int MemberBytesMax = 255;
    private const int DeliveriesDefault = 5;
    private const int ReasonCharsMax = 4_096;

    public static Engine.ConsumerSettings Parse(Protocol.V1.ConsumerSettings? settings)
    {
        if (settings is null)
            return Engine.ConsumerSettings.Default;
        bool hasDeadLetters = settings.DeadLetterStream.Length > 0;
        return new Engine.ConsumerSettings
        {
            AckTimeout = settings.AckTimeout is { } timeout ? Span(timeout) : Engine.ConsumerSettings.Default.AckTimeout,
            DeliveriesMax = settings.MaxDeliveries != 0 ? settings.MaxDeliveries : hasDeadLetters ? DeliveriesDefault : null,
            DeadLetterStream = hasDeadLetters ? settings.DeadLetterStream : null,
            RowsInFlightMax = settings.MaxInFlightRows != 0 ? settings.MaxInFlightRows : Engine.ConsumerSettings.Default.RowsInFlightMax,
        };
    }

    public static Engine.ConsumerStart Parse(Protocol.V1.ConsumerStart? start, Engine.ConsumerStart otherwise) => start?.AtCase switch
    {
        Protocol.V1.ConsumerStart.AtOneofCase.Earliest => Engine.ConsumerStart.Earliest,
        Protocol.V1.ConsumerStart.AtOneofCase.Latest => Engine.ConsumerStart.Latest,
        Protocol.V1.ConsumerStart.AtOneofCase.Current => Engine.ConsumerStart.Current,
        Protocol.V1.ConsumerStart.AtOneofCase.Offset => new Engine.ConsumerStart.AtOffset(start.Offset),
        Protocol.V1.ConsumerStart.AtOneofCase.AfterPosition => new Engine.ConsumerStart.AfterPosition(new LogPosition(start.AfterPosition)),
        _ => otherwise,
    };

    public static IReadOnlyList<Engine.OffsetRange> Parse(string stream, IReadOnlyList<Protocol.V1.OffsetRange> rows) => rows.Count <= RangesMax
        ? [.. rows.Select(r => new Engine.OffsetRange(r.FromOffset, r.ToOffset))]
        : throw ErrorMapper.InvalidRequest($"{rows.Count} ranges at once, at most {RangesMax} are possible", stream);

    public static string Member(string stream, string member) => System.Text.Encoding.UTF8.GetByteCount(member) is > 0 and <= MemberBytesMax
        ? member
        : throw ErrorMapper.InvalidRequest($"the member's name has {member.Length} characters, expected 1 to {MemberBytesMax} bytes", stream);

    public static string Reason(string reason) =>
        reason.Length == 0 ? "rejected" : reason.Length <= ReasonCharsMax ? reason : reason[..ReasonCharsMax];

    /// <summary>From nothing to a limit; what protobuf does not allow and .NET cannot hold is beyond it.</summary>
    public static TimeSpan? Span(string stream, string what, Duration? duration, TimeSpan limit)
    {
        if (duration is null)
            return null;
        TimeSpan span = Span(duration);
        return span >= TimeSpan.Zero && span <= limit ? span : throw ErrorMapper.InvalidRequest($"{what} is {duration}, expected 0 to {limit}", stream);
    }

    public static Consumer Describe(ConsumerDescription consumer) => new()
    {
        Stream = consumer.Stream,
        Name = consumer.Name,
        Settings = Describe(consumer.Settings),
        CreatedAt = Timestamp.FromDateTimeOffset(consumer.CreatedAt),
        Epoch = consumer.Epoch,
        StartOffset = consumer.StartOffset,
        Offset = consumer.Offset,
        DoneAbove =
        {
            consumer.DoneAbove.Take(RangesShownMax).Select(r => new Protocol.V1.OffsetRange { FromOffset = r.From, ToOffset = r.End }),
        },
        EndOffset = consumer.EndOffset,
        LagRows = consumer.LagRowCount,
        AcknowledgedRows = consumer.AcknowledgedRowCount,
        DeadRows = consumer.DeadRowCount,
        MissedRows = consumer.MissedRowCount,
        FailedRows = consumer.FailedRowCount,
        LeasedRows = consumer.LeasedRowCount,
        RetriedRows = consumer.RetriedRowCount,
        Members = { consumer.Members },
        LastProgressAt = Timestamp.FromDateTimeOffset(consumer.LastProgressAt),
        DeadLetterProblem = consumer.DeadLetterProblem ?? "",
    };

    private static Protocol.V1.ConsumerSettings Describe(Engine.ConsumerSettings settings) => new()
    {
        AckTimeout = Duration.FromTimeSpan(settings.AckTimeout),
        MaxDeliveries = settings.DeliveriesMax ?? 0,
        DeadLetterStream = settings.DeadLetterStream ?? "",
        MaxInFlightRows = settings.RowsInFlightMax,
    };

    private static TimeSpan Span(Duration duration)
    {
        const long secondsMax = 315_576_000_000;
        return new TimeSpan(
            (Math.Clamp(duration.Seconds, -secondsMax, secondsMax) * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick));
    }
}
