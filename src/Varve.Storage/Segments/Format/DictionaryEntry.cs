namespace Varve.Storage.Segments.Format;

/// <summary>What the footer says of a column's dictionary.</summary>
/// <param name="Page">Where its values are.</param>
/// <param name="ValueCount">Distinct values, at least 1.</param>
/// <param name="ValueBytes">The bytes of all of them.</param>
/// <param name="Encoding">In words, for people.</param>
internal readonly record struct DictionaryEntry(PagePlace Page, int ValueCount, int ValueBytes, string Encoding);
