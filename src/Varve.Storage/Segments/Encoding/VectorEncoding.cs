namespace Varve.Storage.Segments.Encoding;

/// <summary>How a vector is laid out behind its header (docs/formats/segment-encodings.md). The numbers are frozen: files hold them.</summary>
internal enum VectorEncoding : byte
{
    /// <summary>The values as they are.</summary>
    Raw = 1,

    /// <summary>One value for all.</summary>
    Constant = 2,

    /// <summary>Differences from the least value of each 1,024, in as many bits as these need.</summary>
    Frame = 3,
}
