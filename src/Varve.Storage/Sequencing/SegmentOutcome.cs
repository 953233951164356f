namespace Varve.Storage.Sequencing;

/// <summary>What became of a change of segments that was asked for.</summary>
internal enum SegmentOutcome
{
    /// <summary>It is durable and visible.</summary>
    Done,

    /// <summary>The stream was dropped meanwhile. The new files are needed by nobody.</summary>
    StreamDropped,

    /// <summary>The stream's segments are no longer those that the change was made for. The new files are needed by nobody.</summary>
    Overtaken,
}
