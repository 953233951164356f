using Varve.Storage;

namespace Varve.Crash.Tests;

/// <summary>A data directory that writers write to, life after life, with the checker of each of its streams. One thread.</summary>
internal sealed class WriterDirectory(string path)
{
    public const int WriterCount = 8;
    public const int StreamCount = 3;

    private readonly CrashCheck[] _checks = [.. Enumerable.Range(0, StreamCount).Select(i => new CrashCheck("s" + i))];
    private int _lives;

    /// <summary>Batches that were found without anybody having been told of them.</summary>
    public int UnacknowledgedCount => _checks.Sum(c => c.UnacknowledgedCount);

    /// <summary>Starts a writer, whose batches have other numbers than those of lives before.</summary>
    public WriterProcess Start(Random random, params string[] wrapper) =>
        WriterProcess.Start(path, random.Next(), WriterCount, StreamCount, firstBatch: _lives++ * 1_000_000, wrapper);

    /// <summary>Opens the directory and compares it with what the writers of the lives since the last time were told and saw.</summary>
    public async Task JudgeAsync(IReadOnlyCollection<Acknowledged> told, IReadOnlyDictionary<string, long> seen, int lives = 1)
    {
        if (!Directory.Exists(path))
        {
            Assert.Empty(told);
            return;
        }

        await using StorageEngine engine = await StorageEngine.OpenAsync(new StorageOptions { Directory = path });
        for (int i = 0; i < _checks.Length; i++)
        {
            string stream = "s" + i;
            if (!engine.TryDescribe(stream, out _))
            {
                if (_checks[i].BatchCount > 0 || told.Any(a => a.Stream == stream))
                    throw new CrashCheckException($"stream '{stream}' is gone");
                continue;
            }

            StreamView view = engine.OpenView(stream);
            if (seen.TryGetValue(stream, out long end) && view.EndOffset < end)
                throw new CrashCheckException($"stream '{stream}' ends at {view.EndOffset}, and a reader had seen it end at {end}");
            _checks[i].Judge(view, told, WriterCount * lives);
        }
    }
}
