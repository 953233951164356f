using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments;

/// <summary>The exceptions of segment files: each names the file, and page and column where there are such.</summary>
internal static class SegmentDamage
{
    public static StorageException InFile(string path, string found, Exception? inner = null) =>
        new(StorageErrorCode.Corruption, $"the segment is damaged: {path}: {found}. Nothing was changed; restore the file", inner) { File = path };

    /// <param name="path">The file.</param>
    /// <param name="page">Which page of it.</param>
    /// <param name="columnName">The column's name, where the page belongs to one.</param>
    /// <param name="found">What is wrong.</param>
    /// <param name="inner">What told so.</param>
    public static StorageException InPage(string path, in PageLabel page, string columnName, string found, Exception? inner = null) =>
        InFile(path, $"{Show(page, columnName)}: {found}", inner);

    /// <summary>The disk did not give a page: it may be whole, and may be read the next time.</summary>
    public static StorageException Unreadable(string path, in PageLabel page, string columnName, IOException failure) => new(
        StorageErrorCode.DiskError, $"cannot read a segment: {path}: {Show(page, columnName)}: {failure.Message}. Nothing was changed", failure);

    /// <summary>Such as <c>page 7 (column 'host', block 3)</c>.</summary>
    public static string Show(in PageLabel page, string columnName) => page.Kind switch
    {
        PageKind.Footer => $"page {page.Number} (footer)",
        PageKind.Dictionary => $"page {page.Number} (column '{columnName}', dictionary)",
        PageKind.Bloom => $"page {page.Number} (column '{columnName}', Bloom filter {page.Block})",
        _ => $"page {page.Number} (column '{columnName}', block {page.Block})",
    };
}
