using System.Text;
using Varve.Storage.Streams;

namespace Varve.Storage.Consumers;

/// <summary>What consumers may be called and how they may be set.</summary>
internal static class ConsumerRules
{
    public const int NameBytesMax = 255;

    /// <summary>Ranges above its offset that a consumer keeps. From an eighth of that on, only rows before them are handed out.</summary>
    public const int RangesMax = 65_536;

    /// <summary>Ranges that one record has.</summary>
    public const int RangesPerRecordMax = 64;

    private static readonly TimeSpan TimeoutMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromHours(12);

    /// <summary>Throws <see cref="StorageErrorCode.InvalidName"/>: 1 to 255 bytes of UTF-8 without control characters.</summary>
    public static void CheckName(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameBytesMax || name.Any(char.IsControl)
            || name.EnumerateRunes().Any(r => r == Rune.ReplacementChar))
        {
            throw new StorageException(
                StorageErrorCode.InvalidName,
                $"cannot create consumer '{StreamName.Shown(name)}': a name has 1 to {NameBytesMax} bytes of UTF-8 and no control characters");
        }
    }

    /// <summary>The settings as they are kept. Throws <see cref="StorageErrorCode.InvalidSettings"/>.</summary>
    public static ConsumerSettings Check(string stream, string name, ConsumerSettings settings)
    {
        if (settings.AckTimeout < TimeoutMin || settings.AckTimeout > TimeoutMax)
            throw Invalid($"the time to acknowledge is {settings.AckTimeout}, expected {TimeoutMin} to {TimeoutMax}");
        if (settings.RowsInFlightMax is < 1 or > 100_000)
            throw Invalid($"{settings.RowsInFlightMax} rows in flight, expected 1 to 100000");
        if (settings.DeliveriesMax is < 1 or > 1_000)
            throw Invalid($"{settings.DeliveriesMax} deliveries, expected 1 to 1000");
        if (settings.DeliveriesMax is null != settings.DeadLetterStream is null)
            throw Invalid("a limit on deliveries and a stream for dead letters need each other");
        if (settings.DeadLetterStream is { } dead && StreamName.Comparer.Equals(dead, stream))
            throw Invalid("the dead letters cannot go to the stream that they come from");
        return settings with { AckTimeout = TimeSpan.FromMilliseconds(Math.Ceiling(settings.AckTimeout.TotalMilliseconds)) };

        StorageException Invalid(string what) =>
            new(StorageErrorCode.InvalidSettings, $"cannot set up consumer '{StreamName.Shown(name)}' of stream '{stream}': {what}");
    }

    public static StorageException NotFound(string stream, string name) =>
        new(StorageErrorCode.ConsumerNotFound, $"stream '{stream}' has no consumer '{StreamName.Shown(name)}'");
}
