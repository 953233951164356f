using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Format;

/// <summary>Writes a segment file from its begin to its end: each page numbered, sealed and put behind the one before. One thread.</summary>
internal sealed class SegmentOutput : IDisposable
{
    private const int PendingBytesMax = 1 << 20;

    private readonly IFile _file;
    private readonly SegmentIdentity _identity;
    private readonly int _keyVersion;
    private readonly PageCipher _cipher;
    private readonly VectorWriter _pending = new();
    private readonly byte[] _header = new byte[SegmentHeader.Bytes];
    private readonly byte[] _label = new byte[PageLabel.Bytes];
    private long _writtenBytes;

    public SegmentOutput(IFile file, SegmentIdentity identity, StreamKey key)
    {
        _file = file;
        _identity = identity;
        _keyVersion = key.Version;
        byte[] salt = new byte[PageCipher.SaltBytes];
        _cipher = PageCipher.ForWriting(key, salt);
        new SegmentHeader(identity, key.Version, salt).Write(_header);
        _pending.Append(_header);
    }

    /// <summary>Where the next page will stand.</summary>
    public long Position => _writtenBytes + _pending.Length;

    /// <summary>Its number.</summary>
    public int NextNumber { get; private set; }

    /// <summary>Writes a page, or leaves a short one to the footer.</summary>
    public PagePlace Write(PageKind kind, int column, int block, ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= PagePlace.InlineBytesMax && kind is PageKind.Block or PageKind.Dictionary)
            return new PagePlace(-1, 0, payload.Length, payload.ToArray());
        PagePlace place = new(NextNumber, Position, payload.Length, default);
        Seal(new PageLabel(kind, NextNumber, Position, payload.Length, column, block), payload);
        return place;
    }

    /// <summary>Writes footer and trailer, and hands all to the file system. Not durable before the file is synced.</summary>
    public SegmentTrailer End(ReadOnlySpan<byte> footer)
    {
        SegmentTrailer trailer = new(Position, footer.Length, NextNumber);
        Seal(trailer.Footer, footer);
        trailer.Write(_header, _pending.Append(SegmentTrailer.Bytes));
        WritePending();
        return trailer;
    }

    public void Dispose()
    {
        _pending.Dispose();
        _cipher.Dispose();
    }

    private void Seal(in PageLabel label, ReadOnlySpan<byte> payload)
    {
        Span<byte> page = _pending.Append(payload.Length + PageCipher.SealBytes);
        payload.CopyTo(page);
        label.Write(_identity, _keyVersion, _label);
        _cipher.Seal(label.Number, _label, page);
        NextNumber++;
        if (_pending.Length < PendingBytesMax)
            return;
        WritePending();

        // A disk takes one thing after the other: synced at the end alone, the whole file would stand before the next sync of the log.
        _file.SyncData();
    }

    private void WritePending()
    {
        _file.Write(_pending.Written, _writtenBytes);
        _writtenBytes += _pending.Length;
        _pending.Clear();
    }
}
