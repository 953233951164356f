using System.Globalization;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Read;

/// <summary>
/// What a call wants to see of the streams, by its metadata or by its ticket: at least a position, or a moment of the past. Waits until it can be seen.
/// Any thread.
/// </summary>
/// <param name="engine">Whose positions they are.</param>
/// <param name="waitMax">How long a position is waited for; a call's deadline may be sooner.</param>
/// <param name="time">Tells what is past.</param>
internal sealed class ReadPoints(StorageEngine engine, TimeSpan waitMax, TimeProvider time)
{
    public const string MinPositionKey = "varve-min-position";
    public const string AsOfPositionKey = "varve-as-of-position";
    public const string AsOfTimeKey = "varve-as-of-time";
    public const string AsOfOffsetKey = "varve-as-of-offset";

    /// <summary>In the answer's headers: the position of the view that its rows are of.</summary>
    public const string PositionKey = "varve-position";

    private static readonly long TimeMicrosMax = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private const string Expected = "a log position, a whole number of 1 or more";

    /// <summary>What the call says, and where it says nothing, what its ticket says; it can be seen when this completes.</summary>
    /// <exception cref="RpcException">The call contradicts itself, or asks for what is not a position, a time or an offset.</exception>
    /// <exception cref="StorageException">POSITION_NOT_REACHED.</exception>
    public async Task<ReadPoint> ReachAsync(ServerCall call, ReadPoint? ticket = null)
    {
        ReadPoint point = Merge(Parse(call.RequestHeaders), ticket ?? new ReadPoint());
        await WaitAsync(new LogPosition(Math.Max(point.MinPosition, point.Position)), call.Cancelled);
        return point;
    }

    /// <summary>Completes when the position is visible.</summary>
    public Task WaitAsync(LogPosition position, CancellationToken cancelled) => engine.WaitForPositionAsync(position, waitMax, time, cancelled);

    /// <summary>The moment of the past that is asked for; null: now.</summary>
    public static AsOf? MomentOf(ReadPoint point) => point.AsOfCase switch
    {
        ReadPoint.AsOfOneofCase.Position => new AsOf.AtPosition(new LogPosition(point.Position)),
        ReadPoint.AsOfOneofCase.TimeMicros => new AsOf.AtTime(
            DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(point.TimeMicros, 0, TimeMicrosMax) * TimeSpan.TicksPerMicrosecond)),
        ReadPoint.AsOfOneofCase.Offsets => new AsOf.AtOffsets(point.Offsets.EndOffsets),
        _ => null,
    };

    private static ReadPoint Merge(ReadPoint call, ReadPoint ticket)
    {
        ReadPoint merged = call.AsOfCase == ReadPoint.AsOfOneofCase.None ? ticket.Clone() : call;
        merged.MinPosition = Math.Max(call.MinPosition, ticket.MinPosition);
        return merged;
    }

    private ReadPoint Parse(Metadata metadata)
    {
        var point = new ReadPoint();
        foreach (MetadataEntry entry in metadata)
        {
            switch (entry.Key)
            {
                case MinPositionKey:
                    point.MinPosition = Math.Max(point.MinPosition, PositionOf(entry));
                    break;
                case AsOfPositionKey when IsFirst(point):
                    point.Position = PositionOf(entry);
                    break;
                case AsOfTimeKey when IsFirst(point):
                    point.TimeMicros = TimeOf(entry);
                    break;
                case AsOfOffsetKey when IsFirst(point) || point.AsOfCase == ReadPoint.AsOfOneofCase.Offsets:
                    point.Offsets ??= new StreamOffsets();
                    AddOffsets(entry, point.Offsets);
                    break;
                case AsOfPositionKey or AsOfTimeKey or AsOfOffsetKey:
                    throw ErrorMapper.InvalidRequest($"the call's metadata has {entry.Key} and another moment beside it: give one of them");
                default:
                    break;
            }
        }

        return point;
    }

    private static bool IsFirst(ReadPoint point) => point.AsOfCase == ReadPoint.AsOfOneofCase.None;

    private static long PositionOf(MetadataEntry entry) =>
        long.TryParse(entry.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long position) && position > 0
            ? position
            : throw Refused(entry, Expected);

    private long TimeOf(MetadataEntry entry)
    {
        const string expected = "a time of the past such as 2026-01-31T12:00:00.5Z";
        if (!DateTimeOffset.TryParse(entry.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            || at > time.GetUtcNow())
            throw Refused(entry, expected);
        return (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private static void AddOffsets(MetadataEntry entry, StreamOffsets offsets)
    {
        // A proxy may have joined several values into one.
        foreach (string pair in entry.Text.Split(',', StringSplitOptions.TrimEntries))
        {
            int at = pair.LastIndexOf('=');
            if (at <= 0 || !long.TryParse(pair.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long end)
                || !offsets.EndOffsets.TryAdd(pair[..at], end))
                throw Refused(entry, "STREAM=OFFSET, each stream once");
        }
    }

    private static RpcException Refused(MetadataEntry entry, string expected) =>
        ErrorMapper.InvalidRequest($"the call's metadata has {entry.Key} '{entry.Text}': expected {expected}");
}
