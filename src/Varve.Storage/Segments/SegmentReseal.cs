using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments;

/// <summary>
/// Writes a segment file anew as another segment, of another stream or node and with another key, page for page: each is opened and sealed again, and none
/// is decoded. What is between the seals stays as it is, so all places do too. Any thread; one file is one call.
/// </summary>
internal static class SegmentReseal
{
    /// <summary>As <see cref="SegmentWriter.Write"/>: whoever calls gives the file its name, or deletes it where this throws.</summary>
    /// <param name="fileSystem">Where the file goes.</param>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="source">The other file, which is what <paramref name="info"/> says.</param>
    /// <param name="info">What the catalog says of it.</param>
    /// <param name="identity">Of the new one.</param>
    /// <param name="key">The new stream's current one.</param>
    /// <exception cref="StorageException">The source is damaged.</exception>
    /// <exception cref="IOException">The file system's; nothing of the file is to be used.</exception>
    public static SegmentInfo Write(
        IFileSystem fileSystem, string path, SegmentReader source, SegmentInfo info, SegmentIdentity identity, StreamKey key)
    {
        SegmentFooter footer = source.ReadFooter(out ReadOnlyMemory<byte> footerPayload);
        using IFile file = fileSystem.Create(path);
        using SegmentOutput output = new(file, identity, key);
        for (int column = 0; column < footer.StoredColumnCount; column++)
            Copy(source, footer.Column(column), column, output);
        SegmentTrailer trailer = output.End(footerPayload.Span);
        if (trailer != source.Trailer)
            throw SegmentDamage.InFile(source.Path, $"trailer: {source.Trailer} does not follow from its pages, {trailer} does");
        SegmentWriter.Check(file, key, trailer);
        file.Sync();
        return info with { Id = identity.SegmentId, StreamId = identity.StreamId, KeyVersion = key.Version, FileBytes = file.Length };
    }

    private static void Copy(SegmentReader source, ColumnEntry entry, int column, SegmentOutput output)
    {
        if (entry.Dictionary is { } dictionary)
            Copy(PageKind.Dictionary, dictionary.Page, -1);
        for (int block = 0; block < entry.Blocks.Length; block++)
            Copy(PageKind.Block, entry.Blocks[block].Page, block);
        for (int part = 0; part < (entry.Bloom?.Parts.Length ?? 0); part++)
            Copy(PageKind.Bloom, entry.Bloom!.Parts[part], part);

        void Copy(PageKind kind, PagePlace page, int block)
        {
            // What the footer has is copied with it.
            if (page.IsInline)
                return;
            PagePlace written = source.Read(kind, page, column, block, entry.Name, payload => output.Write(kind, column, block, payload));
            if (written.Place != page.Place || written.Number != page.Number)
            {
                throw SegmentDamage.InFile(
                    source.Path, $"footer: page {page.Number} is at {page.Place}, by the pages before it {written.Number} is at {written.Place}");
            }
        }
    }
}
