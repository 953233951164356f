using System.Collections.Concurrent;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Reading;

/// <summary>Parts of a repository's data objects: only the frames that are needed are fetched. Thread-safe.</summary>
internal sealed class ObjectFrames(SealedRepository repository)
{
    /// <summary>16 MiB.</summary>
    private const int CachedFrameCount = 256;

    private readonly FrameCache _cache = new(CachedFrameCount);
    private readonly ConcurrentDictionary<string, byte[]> _headers = new(StringComparer.Ordinal);
    private long _fetchedBytes;

    /// <summary>What was fetched so far, as it lies in the repository.</summary>
    public long FetchedBytes => Interlocked.Read(ref _fetchedBytes);

    /// <summary>
    /// Fills the buffer from a place in an object's content on; it must end within the content. Blocks while bytes are on their way. Throws
    /// <see cref="BackupErrorCode.Damaged"/> where they are not as they were sealed.
    /// </summary>
    public void Read(ObjectRef item, long offset, Span<byte> buffer)
    {
        int last = (int)((offset + buffer.Length - 1) / SealedObject.FrameBytes);
        for (int frame = (int)(offset / SealedObject.FrameBytes); frame <= last; frame++)
        {
            byte[] content = _cache.Find(item.Name, frame) ?? Fetch(item, frame, last);
            int from = (int)(offset - ((long)frame * SealedObject.FrameBytes));
            int count = Math.Min(buffer.Length, content.Length - from);
            content.AsSpan(from, count).CopyTo(buffer);
            buffer = buffer[count..];
            offset += count;
        }
    }

    /// <summary>Fetches the frames that are missing from this one on, at most up to the last, in one request; returns the first.</summary>
    private byte[] Fetch(ObjectRef item, int first, int last)
    {
        int end = first + 1;
        while (end <= last && _cache.Find(item.Name, end) is null)
            end++;
        byte[] header = _headers.GetOrAdd(item.Name, name => Get(name, 0, SealedObject.HeaderBytes));
        long start = SealedObject.FrameStart(first);
        byte[] frames = Get(item.Name, start, (int)(Math.Min(SealedObject.FrameStart(end), item.SealedBytes) - start));
        byte[]? wanted = null;
        foreach ((int frame, byte[] content) in repository.OpenFrames(ObjectKind.Data, item.Name, header, first, frames))
        {
            wanted ??= content;
            _cache.Add(item.Name, frame, content);
        }

        return wanted ?? throw new BackupException(BackupErrorCode.Damaged, $"object {item.Name} ends before its frame {first}");
    }

    private byte[] Get(string name, long offset, int byteCount)
    {
        // The engine reads files on threads that may wait.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(byteCount);
        int read = repository.Inner.ReadAsync(name, offset, bytes).GetAwaiter().GetResult();
        Interlocked.Add(ref _fetchedBytes, read);
        return read == byteCount
            ? bytes
            : throw new BackupException(
                BackupErrorCode.Damaged, $"object {name} ends at byte {offset + read}; {offset + byteCount} were expected at least");
    }
}
