namespace Varve.Storage.Segments.Sealing;

/// <summary>Why segments are written anew.</summary>
internal enum CompactionReason
{
    /// <summary>They are small.</summary>
    Merge,

    /// <summary>Their rows do not stand in the order that the stream is clustered by.</summary>
    Cluster,

    /// <summary>They are sealed with a key that is not the stream's current one.</summary>
    Key,
}
