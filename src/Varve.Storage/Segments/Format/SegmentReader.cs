using System.Buffers;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// Reads and opens the pages of one segment file. What it says of the file was checked when it was opened; pages are checked each time. Any thread.
/// </summary>
internal sealed class SegmentReader
{
    private readonly IFile _file;
    private readonly PageCipher _cipher;
    private readonly SegmentMeter? _meter;

    private SegmentReader(IFile file, SegmentHeader header, SegmentTrailer trailer, PageCipher cipher, SegmentMeter? meter)
    {
        _file = file;
        Header = header;
        Trailer = trailer;
        _cipher = cipher;
        _meter = meter;
    }

    public string Path => _file.Path;

    public SegmentHeader Header { get; }

    public SegmentTrailer Trailer { get; }

    /// <param name="file">Stays the caller's.</param>
    /// <param name="keyOfVersion">Gives the stream's key; asked for no version 0.</param>
    /// <param name="meter">Counts what is read.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where header or trailer are damaged.</exception>
    /// <exception cref="IOException">The disk does not give them.</exception>
    public static SegmentReader Open(IFile file, Func<SegmentHeader, StreamKey> keyOfVersion, SegmentMeter? meter)
    {
        byte[] first = FirstBytes(file);
        SegmentHeader header = SegmentHeader.Parse(first, file.Path);
        long length = file.Length;
        byte[] last = new byte[SegmentTrailer.Bytes];
        if (Problem(file, last, length - last.Length) is { } problem)
            throw SegmentDamage.InFile(file.Path, "trailer: " + problem);
        SegmentTrailer trailer = SegmentTrailer.Parse(last, first, length, file.Path);
        StreamKey key = header.KeyVersion == 0 ? StreamKey.None : keyOfVersion(header);
        return new SegmentReader(file, header, trailer, PageCipher.For(key, header.Salt.Span), meter);
    }

    /// <summary>Only the header, which needs no key.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where it is damaged.</exception>
    /// <exception cref="IOException">The disk does not give it.</exception>
    public static SegmentHeader ReadHeader(IFile file) => SegmentHeader.Parse(FirstBytes(file), file.Path);

    /// <summary>The footer, read anew. Fails as <see cref="Read"/> does.</summary>
    public SegmentFooter ReadFooter() => ReadFooter(out _);

    /// <inheritdoc cref="ReadFooter()"/>
    /// <param name="payload">It as it is written.</param>
    public SegmentFooter ReadFooter(out ReadOnlyMemory<byte> payload)
    {
        byte[] page = new byte[Trailer.FooterBytes + PageCipher.SealBytes];
        Open(Trailer.Footer, "", page);
        payload = page.AsMemory(0, Trailer.FooterBytes);
        try
        {
            return SegmentFooter.Read(payload, Trailer.FooterPlace);
        }
        catch (PageFormatException e)
        {
            throw SegmentDamage.InPage(Path, Trailer.Footer, "", e.Message, e);
        }
    }

    /// <summary>Reads a page, unless the footer has it, opens it, and makes something of it.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="page">Where it is.</param>
    /// <param name="column">Whose.</param>
    /// <param name="block">Of which block; a dictionary is of none, -1.</param>
    /// <param name="columnName">For the message, should it be damaged.</param>
    /// <param name="decode">Makes something of the payload.</param>
    /// <exception cref="StorageException">
    /// With file, page and column: <see cref="StorageErrorCode.Corruption"/>, or <see cref="StorageErrorCode.DiskError"/> where the disk does not
    /// give the page, which says nothing of what is on it.
    /// </exception>
    public T Read<T>(PageKind kind, in PagePlace page, int column, int block, string columnName, PageDecoder<T> decode)
    {
        PageLabel label = new(kind, page.Number, page.Place, page.PayloadBytes, column, block);
        if (page.IsInline)
            return Decode(label, columnName, page.Inline.Span, decode);
        int bytes = page.PayloadBytes + PageCipher.SealBytes;
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Open(label, columnName, rented.AsSpan(0, bytes));
            return Decode(label, columnName, rented.AsSpan(0, page.PayloadBytes), decode);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads a page that the footer does not have and opens it, into memory of its own, behind which there is something more. Fails as
    /// <see cref="Read"/> does.</summary>
    public byte[] ReadOwn(PageKind kind, in PagePlace page, int column, int block, string columnName)
    {
        byte[] opened = GC.AllocateUninitializedArray<byte>(page.PayloadBytes + PageCipher.SealBytes);
        Open(new PageLabel(kind, page.Number, page.Place, page.PayloadBytes, column, block), columnName, opened);
        return opened;
    }

    /// <summary>Makes something of a page that <see cref="ReadOwn"/> gave. Fails as <see cref="Read"/> does.</summary>
    public T Decode<T>(PageKind kind, in PagePlace page, int column, int block, string columnName, byte[] opened, PageDecoder<T> decode) => Decode(
        new PageLabel(kind, page.Number, page.Place, page.PayloadBytes, column, block), columnName, opened.AsSpan(0, page.PayloadBytes), decode);

    private static byte[] FirstBytes(IFile file)
    {
        byte[] first = new byte[SegmentHeader.Bytes];
        long length = file.Length;
        if (length < first.Length + PageCipher.SealBytes + SegmentTrailer.Bytes)
            throw SegmentDamage.InFile(file.Path, $"header: the file has {length} bytes, too few for a segment");
        return Problem(file, first, 0) is { } problem ? throw SegmentDamage.InFile(file.Path, "header: " + problem) : first;
    }

    private T Decode<T>(in PageLabel label, string columnName, ReadOnlySpan<byte> payload, PageDecoder<T> decode)
    {
        try
        {
            return decode(payload);
        }
        catch (Exception e) when (e is PageFormatException or VectorFormatException)
        {
            throw SegmentDamage.InPage(Path, label, columnName, e.Message, e);
        }
    }

    /// <summary>Reads a page and opens it in place.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="columnName">For the message, should it be damaged.</param>
    /// <param name="page">Takes payload and seal, exactly.</param>
    private void Open(in PageLabel label, string columnName, Span<byte> page)
    {
        try
        {
            if (Problem(_file, page, label.Place) is { } problem)
                throw SegmentDamage.InPage(Path, label, columnName, problem);
        }
        catch (IOException e)
        {
            throw SegmentDamage.Unreadable(Path, label, columnName, e);
        }

        _meter?.Read(page.Length);
        Span<byte> associated = stackalloc byte[PageLabel.Bytes];
        label.Write(Header.Identity, Header.KeyVersion, associated);
        if (!_cipher.TryOpen(label.Number, associated, page))
            throw SegmentDamage.InPage(Path, label, columnName, "its seal does not match its bytes");
    }

    /// <summary>Reads all bytes of the target, or says that they are not there.</summary>
    private static string? Problem(IFile file, Span<byte> target, long place)
    {
        int read = file.Read(target, place);
        return read == target.Length ? null : $"{target.Length} bytes are expected at {place}, the file has {read} there";
    }
}
