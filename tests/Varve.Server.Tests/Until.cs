using System.Diagnostics;

namespace Varve.Server.Tests;

/// <summary>Waits for what happens on another thread, without guessing how long it takes.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task True(Func<bool> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"it did not happen within {Limit}: {what}");
            await Task.Delay(5);
        }
    }
}
