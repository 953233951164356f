namespace Varve.Storage.Segments;

/// <summary>Rows of a block that follow one another: nearly always all of it.</summary>
/// <param name="Block">The block's place in its file.</param>
/// <param name="Start">The first row in the block.</param>
/// <param name="RowCount">At least 1.</param>
/// <param name="FirstRow">The first row in the file.</param>
internal readonly record struct BlockPiece(int Block, int Start, int RowCount, int FirstRow);
