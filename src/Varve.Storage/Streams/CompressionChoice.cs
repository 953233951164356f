using Varve.Arrow;
using Varve.Arrow.Ipc;

namespace Varve.Storage.Streams;

/// <summary>Whether the rows of a record are compressed in the log.</summary>
internal static class CompressionChoice
{
    public static BodyCompression For(RecordBatch rows) => BodyCompression.None;
}
