using System.Globalization;

namespace Varve.Crash.Tests;

/// <summary>
/// How often processes are killed: VARVE_CRASH_ROUNDS, else 100; an eighth of them are whole daemons, whose start takes longest. Backups are killed in
/// a fiftieth as many rounds, of three processes each.
/// </summary>
internal static class KillRounds
{
    public const int PerDirectory = 10;

    private static readonly int Count =
        int.Parse(Environment.GetEnvironmentVariable("VARVE_CRASH_ROUNDS") is { Length: > 0 } rounds ? rounds : "100", CultureInfo.InvariantCulture);

    public static int OfDaemons { get; } = Math.Max(1, Count / 8);

    public static int OfBackups { get; } = Math.Max(1, Count / 100);

    public static int OfWriters { get; } = Math.Max(1, Count - OfDaemons);
}
