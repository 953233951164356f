namespace Varve.Query;

/// <summary>Limits of the query engine, fixed when it is opened.</summary>
public sealed record QueryOptions
{
    /// <summary>Threads that one statement may use, and that all statements share.</summary>
    public int ThreadCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Statements that compute at the same moment. Others wait their turn; an open result that nobody reads from does not count.</summary>
    public int ConcurrentStatementCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Statements that may wait for their turn; further ones are refused with <see cref="QueryErrorCode.Busy"/>.</summary>
    public int WaitingStatementCountMax { get; init; } = 1024;

    /// <summary>
    /// Results that may be open, read from or not; further statements are refused with <see cref="QueryErrorCode.Busy"/>. Each holds about 3 MiB of
    /// rows made ahead, and the memory of the streams' rows that it began with.
    /// </summary>
    public int OpenResultCountMax { get; init; } = 256;

    /// <summary>
    /// What all statements together may hold for sorting, joining and grouping. They share three quarters of it; a statement that finds these used up
    /// before its first rows is run again with the last quarter for itself, one at a time. The streams' own memory is not counted.
    /// </summary>
    public long MemoryLimitBytes { get; init; } = Math.Max(256L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>How long a statement may wait and compute; the time its reader takes is not counted. Null: no limit.</summary>
    public TimeSpan? StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest text of a statement, in characters.</summary>
    public int StatementLengthMax { get; init; } = 256 * 1024;

    /// <summary>
    /// Whether columns with a dictionary reach DuckDB in a form in which it computes hashes and functions once per value. Its C API does not have that
    /// form, so it is used only with the very library that it was tried in; else, and when this is off, the same answers take longer.
    /// </summary>
    public bool ReuseDictionaries { get; init; } = true;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
