namespace Varve.Storage.Segments.Format;

/// <summary>What a page of a segment holds. The numbers are frozen: seals cover them.</summary>
internal enum PageKind
{
    /// <summary>A column's values of one block.</summary>
    Block = 1,

    /// <summary>A column's distinct values, for all its blocks.</summary>
    Dictionary = 2,

    /// <summary>One part of a column's Bloom filters, for all its blocks.</summary>
    Bloom = 3,

    /// <summary>Where all other pages are.</summary>
    Footer = 4,
}
