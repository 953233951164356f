using Varve.Arrow;

namespace Varve.Storage.Tests.Differential;

/// <summary>What a stream should hold at one moment, from offset 0 on; rows that may have gone are still in it. Immutable.</summary>
internal sealed record StreamPicture(Schema Schema, int RowCount, ArrayData[] Columns);
