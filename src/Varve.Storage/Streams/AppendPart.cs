using Varve.Arrow;
using Varve.Storage.Records;

namespace Varve.Storage.Streams;

/// <summary>Rows of an append that go into one record, as they are and as they are written.</summary>
internal struct AppendPart(RecordBatch rows, EncodedAppend encoded)
{
    public readonly RecordBatch Rows => rows;

    /// <summary>A field, because releasing it changes it.</summary>
    public EncodedAppend Encoded = encoded;
}
