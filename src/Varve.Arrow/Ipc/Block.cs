namespace Varve.Arrow.Ipc;

/// <summary>Where a message lies in a file: the footer's entry for it.</summary>
/// <param name="Offset">From the file's start.</param>
/// <param name="MetadataBytes">Prefix, metadata and padding.</param>
/// <param name="BodyBytes">The body, padding included.</param>
internal readonly record struct Block(long Offset, int MetadataBytes, long BodyBytes);
