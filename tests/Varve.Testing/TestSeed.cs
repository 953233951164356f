using System.Globalization;

namespace Varve.Testing;

/// <summary>
/// The seed of a random test: VARVE_TEST_SEED where it is set, else a fresh one. Every random test prints it, so that a failure can be run again.
/// </summary>
public static class TestSeed
{
    public static int Next(Action<string> print)
    {
        int seed = Environment.GetEnvironmentVariable("VARVE_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : BitConverter.ToInt32(Guid.NewGuid().ToByteArray(), 0) & int.MaxValue;
        print($"VARVE_TEST_SEED={seed}");
        return seed;
    }
}
