namespace Varve.Storage.Segments;

/// <summary>A page that cannot be read as it was written.</summary>
/// <param name="Column">The column's name; empty in the footer.</param>
/// <param name="Page">What it holds: <c>block 3</c>, <c>dictionary</c>, <c>Bloom filter 2</c>, <c>footer</c>.</param>
/// <param name="Message">File, page, column and what is wrong.</param>
/// <param name="Block">The block whose values of the column it holds; null where it holds what all blocks need.</param>
public sealed record PageDamage(string Column, string Page, string Message, int? Block = null);
