using System.Globalization;

namespace Varve.Crash.Tests;

/// <summary>How often processes are killed: VARVE_CRASH_ROUNDS, else 30.</summary>
internal static class KillRounds
{
    public const int PerDirectory = 10;

    public static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("VARVE_CRASH_ROUNDS") is { Length: > 0 } rounds ? rounds : "30", CultureInfo.InvariantCulture);
}
