using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// What the footer says of one column. Numbers, texts and zones are compact (<see cref="CompactWriter"/>, <see cref="ZoneCodec"/>); pages are
/// numbered in this order through the file.
/// <code>
/// text         the column's name, for people
/// text         the Arrow type's name
/// number       number of the column's first page
/// u8           1: the column has a dictionary, and its blocks hold codes
///   page         of the dictionary
///   number       distinct values
///   number       bytes of them
///   text         encoding
/// number       descriptions of encodings
///   text x       that many
/// per block
///   page
///   number       nulls
///   number       bytes as a plain array
///   number       encoding: which of the descriptions
///   zone
/// number       parts of the Bloom filters: 0 or a power of two
///   number x     per block: 32-byte buckets in each part
///   page x       per part
///
/// page         number: bytes of the payload; number: place, or 0 and the payload itself
/// </code>
/// </summary>
internal sealed record ColumnEntry
{
    /// <summary>When the file was written.</summary>
    public required string Name { get; init; }

    public required string TypeName { get; init; }

    /// <summary>Number of the first page that is not in the footer itself, if there is one.</summary>
    public required int FirstNumber { get; init; }

    public required DictionaryEntry? Dictionary { get; init; }

    /// <summary>One per block.</summary>
    public required BlockEntry[] Blocks { get; init; }

    public required BloomEntry? Bloom { get; init; }

    /// <summary>Of the values of all blocks; null where nothing is known.</summary>
    public Zone? Bounds
    {
        get
        {
            Zone? all = Blocks[0].Zone;
            foreach (BlockEntry block in Blocks.AsSpan(1))
                all = ZoneScan.Join(all, block.Zone);
            return all;
        }
    }

    /// <summary>All pages that stand in the file, in its order.</summary>
    public IEnumerable<PagePlace> Pages
    {
        get
        {
            IEnumerable<PagePlace> all = Blocks.Select(b => b.Page);
            if (Dictionary is { } dictionary)
                all = all.Prepend(dictionary.Page);
            if (Bloom is { } bloom)
                all = all.Concat(bloom.Parts);
            return all.Where(p => !p.IsInline);
        }
    }
}
