namespace Varve.Arrow.Ipc;

/// <summary>
/// What one message may make a reader allocate or walk. The sizes that a message claims are checked against these, and against the bytes that
/// are there, before anything is allocated.
/// </summary>
public sealed record IpcLimits
{
    public static IpcLimits Default { get; } = new();

    /// <summary>Bytes of one message's flatbuffer, and of all names, zones and metadata that a schema's strings decode from.</summary>
    public int MaxMetadataBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of one message's body as it arrives.</summary>
    public long MaxBodyBytes { get; init; } = 1 << 30;

    /// <summary>Bytes that decompressing the buffers of one message may allocate.</summary>
    public long MaxDecompressedBodyBytes { get; init; } = 128 << 20;

    /// <summary>Bytes of all dictionaries that one stream holds at a time, with the message bodies that they lie in.</summary>
    public long MaxDictionaryBytes { get; init; } = 128 << 20;

    /// <summary>
    /// Rows of one batch, and rows of all columns and children of a message that have no bytes of their own: nulls, structs, lists of a fixed size
    /// and values of no width can claim any number.
    /// </summary>
    public int MaxRowCount { get; init; } = 1 << 27;

    /// <summary>Levels of nested types.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Fields of a schema, those inside nested types included.</summary>
    public int MaxFieldCount { get; init; } = 1 << 16;
}
