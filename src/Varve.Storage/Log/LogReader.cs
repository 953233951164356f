using System.Runtime.CompilerServices;

namespace Varve.Storage.Log;

/// <summary>Reads durable entries from the disk while the log goes on. Each enumeration has its own descriptor and buffer; any thread, one at a time.</summary>
internal sealed class LogReader(LogFiles files, PageIndex pages)
{
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogPosition from, LogPosition begin, LogPosition upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (from < begin)
            throw new StorageException(StorageErrorCode.OffsetOutOfRange, $"entry {from} was asked for; the log begins at {begin}");
        if (from > upTo)
            yield break;
        (long page, LogPosition first) = pages.Find(from);
        var parser = new EntryParser(files.Salt) { Expected = first };
        var buffer = new byte[files.Layout.PageBytes];
        using var source = new PageSource(files);
        for (; parser.Expected <= upTo; page++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Run(() => source.Read(page, buffer), cancellationToken).ConfigureAwait(false);
            long start = files.Layout.PageStart(page);
            int offset = files.Layout.OffsetInPage(start);
            LogPosition before = parser.Expected;
            while (parser.Expected <= upTo && parser.Next(buffer, offset, out string reason) is { } header)
            {
                if (header.Position >= from)
                    yield return new LogEntry(header.Position, header.Term, buffer.AsMemory(offset + LogLayout.LengthBytes + EntryHeader.Bytes, header.PayloadBytes));
                offset += LogLayout.EntryBytes(header.PayloadBytes);
            }

            if (parser.Expected == before)
            {
                throw LogDamage.InFile(
                    files.PathOf(files.Layout.File(start)), files.Layout.OffsetInFile(start), $"entry {before}, which was durable, does not stand here");
            }
        }
    }
}
