namespace Varve.Server.Configuration;

/// <summary>
/// How the memory of the process is shared out: rows not sealed yet, queries, what is kept of segments, and .NET's heap, which holds the first and
/// the third of them. What is left belongs to the runtime, the SQL engine's code, stacks, the log's buffers and allocators that give nothing back.
/// Immutable.
/// </summary>
public sealed record MemoryPlan
{
    public const long LimitBytesMin = 512L << 20;

    private const int TailShare = 6;
    private const int SqlShare = 5;
    private const int SegmentCacheShare = 16;

    /// <summary>What a daemon without rows and queries takes outside of .NET's heap, measured,</summary>
    private const long FixedBytes = 144L << 20;

    /// <summary>and what grows with the load.</summary>
    private const int OutsideShare = 16;

    /// <summary>
    /// Of what queries may hold, what they take beside it, measured: vectors that SQL's engine does not count, and what its allocator keeps.
    /// </summary>
    private const double SqlExtraShare = 0.5;

    /// <summary>Of the heap, for messages, batches on their way and garbage.</summary>
    private const long HeapRestBytesMin = 64L << 20;

    private const long BackstopFixedBytes = 1L << 30;

    /// <summary>Of the whole process.</summary>
    public required long LimitBytes { get; init; }

    /// <summary>Whether the limit was set; else it is what the system has.</summary>
    public required bool IsEnforced { get; init; }

    public required long TailBytes { get; init; }

    public required long SqlBytes { get; init; }

    public required long SegmentCacheBytes { get; init; }

    /// <summary>.NET's heap.</summary>
    public long HeapBytes => LimitBytes - SqlBytes - (long)(SqlBytes * SqlExtraShare) - FixedBytes - (LimitBytes / OutsideShare);

    /// <summary>
    /// How much writable memory the process may add, touched or not, before allocations fail. Far above the limit: allocators keep address space that
    /// they have given the memory of back, and that counts here too. A limit that met it would fail appends while there is memory.
    /// </summary>
    internal long BackstopBytes => (2 * LimitBytes) + BackstopFixedBytes;

    /// <param name="options">Shares that they name are taken as they are.</param>
    /// <param name="availableBytes">What the process may use where no limit is set.</param>
    public static MemoryPlan Of(VarveServerOptions options, long availableBytes)
    {
        long limit = options.Memory.LimitBytes ?? availableBytes;
        return new MemoryPlan
        {
            LimitBytes = limit,
            IsEnforced = options.Memory.LimitBytes is not null,
            TailBytes = options.Data.TailMemoryLimitBytes ?? limit / TailShare,
            SqlBytes = options.Sql.MemoryLimitBytes ?? limit / SqlShare,
            SegmentCacheBytes = options.Memory.SegmentCacheBytes ?? limit / SegmentCacheShare,
        };
    }

    /// <summary>What of the limit and its shares cannot be; null where all can. A limit that was not set contradicts nothing.</summary>
    internal string? Problem() =>
        IsEnforced && TailBytes + SegmentCacheBytes + HeapRestBytesMin > HeapBytes
            ? $"Memory:LimitBytes ({LimitBytes}) leaves {Math.Max(0, HeapBytes)} bytes beside queries ({SqlBytes}) and the process itself, "
                + $"too few for rows ({TailBytes}), segments ({SegmentCacheBytes}) and {HeapRestBytesMin} for messages: raise it, or lower "
                + "Data:TailMemoryLimitBytes, Sql:MemoryLimitBytes or Memory:SegmentCacheBytes"
            : null;

    /// <summary>Makes the garbage collector keep to its share from now on, where a limit was set.</summary>
    /// <exception cref="StartupException">The heap has grown beyond its share already.</exception>
    internal void LimitHeap()
    {
        if (!IsEnforced)
            return;
        try
        {
            AppContext.SetData("GCHeapHardLimit", (ulong)HeapBytes);
            GC.RefreshMemoryLimit();

            // What others take of the memory that there is, they ask the last collection for: one that knows of the limit.
            GC.Collect();
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException(StartupErrorCode.Configuration, $"Memory:LimitBytes is {LimitBytes}: {e.Message}", e);
        }
    }
}
