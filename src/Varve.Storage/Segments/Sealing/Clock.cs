namespace Varve.Storage.Segments.Sealing;

/// <summary>The time as rows have it.</summary>
internal static class Clock
{
    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long Micros(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
