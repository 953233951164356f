namespace Varve.Query;

/// <summary>What a statement's scans read, and what they could leave out. Several mentions of a stream count each.</summary>
public readonly record struct ScanStatistics
{
    /// <summary>Segments, and tails of streams, of which some rows may have been needed.</summary>
    public long GroupsRead { get; init; }

    /// <summary>Segments and tails that were left out by what the catalog knows of them.</summary>
    public long GroupsPruned { get; init; }

    /// <summary>Blocks of up to 65,536 rows that were looked into.</summary>
    public long BlocksRead { get; init; }

    /// <summary>Blocks of the groups that were read that were left out by their least and greatest values or a Bloom filter.</summary>
    public long BlocksPruned { get; init; }

    /// <summary>Columns of blocks that were looked at: of a segment, read and decoded.</summary>
    public long ColumnsDecoded { get; init; }

    /// <summary>Rows of the blocks that were read that conditions dropped before SQL saw them.</summary>
    public long RowsDropped { get; init; }

    /// <summary>Rows that SQL was given.</summary>
    public long RowsHandedOver { get; init; }
}
