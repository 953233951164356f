using System.Buffers.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Varve.Query;

namespace Varve.Server.Hosting;

/// <summary>
/// Keeps the process within its limit where memory is taken that no share counts, such as what SQL's exact percentiles gather. .NET's heap grows into
/// its whole share before it collects much: near the limit it gives back what it does not need. Where that does not help, statements are ended, the one
/// that has run longest first. On a thread of its own, since those of the pool may all be busy then.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    /// <summary>Of the limit, below it: from where on memory is given back,</summary>
    private const int NearShare = 16;

    /// <summary>and from where on statements are ended.</summary>
    private const int OverShare = 32;

    /// <summary>Nothing here takes memory faster: so it looks the more often, the less is left.</summary>
    private const long GrowthBytesPerMillisecond = 2 << 20;

    private const int LookMillisecondsMin = 5;
    private const int LookMillisecondsMax = 250;

    /// <summary>A collection of all takes some hundredths of a second, in which nothing else runs: no more than a tenth of the time.</summary>
    private const int RestPerCollection = 9;

    /// <summary>How long an ended statement may take to give its memory back before the next one is ended.</summary>
    private const int EndMilliseconds = 100;

    private readonly long _nearBytes;
    private readonly long _overBytes;
    private readonly Func<bool> _endStatement;
    private readonly ILogger _log;
    private readonly SafeFileHandle _statm = File.OpenHandle("/proc/self/statm");
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _collectsAgainAt;
    private long _endsAgainAt;

    /// <param name="limitBytes">Of resident memory.</param>
    /// <param name="endStatement">Ends one, and says whether there was one to end.</param>
    /// <param name="log">Told what was done.</param>
    public MemoryWatch(long limitBytes, Func<bool> endStatement, ILogger log)
    {
        _nearBytes = limitBytes - (limitBytes / NearShare);
        _overBytes = limitBytes - (limitBytes / OverShare);
        _endStatement = endStatement;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "varve-memory" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
        _statm.Dispose();
    }

    private void Run()
    {
        int wait = LookMillisecondsMin;
        while (!_stop.Wait(wait))
        {
            long resident = ResidentBytes();
            if (resident >= _nearBytes && Environment.TickCount64 >= _collectsAgainAt)
                resident = GiveBack(resident);
            if (resident >= _overBytes && Environment.TickCount64 >= _endsAgainAt)
                EndStatement(resident);
            wait = (int)Math.Clamp((_nearBytes - resident) / GrowthBytesPerMillisecond, LookMillisecondsMin, LookMillisecondsMax);
        }
    }

    private long GiveBack(long resident)
    {
        long begin = Environment.TickCount64;
        NativeHeap.Trim();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long end = Environment.TickCount64;
        _collectsAgainAt = end + (RestPerCollection * (end - begin));
        long left = ResidentBytes();
        _log.LogDebug("resident memory came near its limit: {Before} bytes, {After} after a collection of {Took} ms", resident, left, end - begin);
        return left;
    }

    private void EndStatement(long resident)
    {
        if (!_endStatement())
            return;
        _endsAgainAt = Environment.TickCount64 + EndMilliseconds;
        _log.LogWarning("resident memory is {Bytes} bytes, at its limit: the statement that ran longest was ended", resident);
    }

    /// <summary>As proc_pid_statm(5) has it, in pages; its second number.</summary>
    private long ResidentBytes()
    {
        Span<byte> text = stackalloc byte[128];
        ReadOnlySpan<byte> numbers = text[..RandomAccess.Read(_statm, text, 0)];
        return Utf8Parser.TryParse(numbers[(numbers.IndexOf((byte)' ') + 1)..], out long pages, out _)
            ? pages * Environment.SystemPageSize
            : throw new InvalidDataException("/proc/self/statm has no second number");
    }
}
