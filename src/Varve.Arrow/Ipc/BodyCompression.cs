namespace Varve.Arrow.Ipc;

/// <summary>
/// How the buffers of a message body are compressed, each on its own. Readers without the codec refuse such a batch: ask before using it.
/// </summary>
public enum BodyCompression
{
    None,

    /// <summary>LZ4 frames, by the system's liblz4.</summary>
    Lz4Frame,

    /// <summary>Zstandard frames, by the system's libzstd.</summary>
    Zstd,
}
