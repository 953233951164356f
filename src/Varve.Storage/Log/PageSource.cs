using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>Reads whole pages from the log's files, one open at a time. One thread.</summary>
internal sealed class PageSource(LogFiles files) : IDisposable
{
    private IFile? _file;
    private long _number = -1;

    /// <summary>Fills the buffer, one page long, with page number <paramref name="page"/>.</summary>
    public void Read(long page, Span<byte> buffer)
    {
        long address = page * files.Layout.PageBytes;
        IFile file = Open(files.Layout.File(address));
        long offset = files.Layout.OffsetInFile(address);
        int read = file.Read(buffer, offset);
        if (read < buffer.Length)
            throw LogDamage.InFile(file.Path, offset + read, "the file ends within a page");
    }

    public void Dispose() => _file?.Dispose();

    private IFile Open(long number)
    {
        if (_file is null || _number != number)
        {
            _file?.Dispose();
            _file = null;
            _file = files.Open(number, forWriting: false);
            _number = number;
        }

        return _file;
    }
}
