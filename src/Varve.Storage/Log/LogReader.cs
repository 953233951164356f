using System.Runtime.CompilerServices;

namespace Varve.Storage.Log;

/// <summary>
/// Reads durable entries from the disk while the log goes on. Each enumeration has its own descriptor and buffer; any thread, one at a time.
/// </summary>
internal sealed class LogReader(LogFiles files, PageIndex pages, LogTruncation truncation)
{
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogPosition from, LogPosition upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (from < truncation.BeginPosition)
            throw truncation.Gone(from);
        if (from > upTo)
            yield break;
        (long page, LogPosition first) = pages.Find(from);
        if (from < first)
            throw truncation.Gone(from);
        var parser = new EntryParser(files.Salt) { Expected = first };
        var buffer = new byte[files.Layout.PageBytes];
        using var source = new PageSource(files);
        (long Address, string Found) stop = (files.Layout.PageStart(page), "");
        for (; parser.Expected <= upTo; page++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ReadPageAsync(source, page, buffer, parser.Expected, cancellationToken).ConfigureAwait(false);
            long address = files.Layout.PageStart(page);
            LogPosition before = parser.Expected;
            string found = "";
            while (parser.Expected <= upTo && parser.Next(buffer, files.Layout.OffsetInPage(address), out found) is { } header)
            {
                if (header.Position >= from)
                    yield return new LogEntry(header.Position, header.Term, PayloadAt(buffer, files.Layout.OffsetInPage(address), header));
                address += LogLayout.EntryBytes(header.PayloadBytes);
            }

            // An entry that stands neither behind the last nor at the start of the next page is not there.
            if (parser.Expected == before)
                throw Damage(stop.Address, stop.Found, before);
            stop = (address, found);
        }
    }

    private async Task ReadPageAsync(PageSource source, long page, byte[] buffer, LogPosition expected, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => source.Read(page, buffer), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception missing) when (missing is IOException or StorageException && expected < truncation.BeginPosition)
        {
            // Its file was deleted, or, open here, is being cut since it was.
            throw truncation.Gone(expected);
        }
    }

    private static ReadOnlyMemory<byte> PayloadAt(byte[] page, int offset, EntryHeader header) =>
        page.AsMemory(offset + LogLayout.LengthBytes + EntryHeader.Bytes, header.PayloadBytes);

    private StorageException Damage(long address, string found, LogPosition expected) => LogDamage.InFile(
        files.PathOf(files.Layout.File(address)), files.Layout.OffsetInFile(address), $"found {found} where entry {expected} was expected, which was durable");
}
