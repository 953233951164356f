using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>Counts what is acknowledged and draws it while it grows. Counted by one thread, drawn by another.</summary>
internal sealed class AppendProgress(TimeProvider time) : RowProgress(time)
{
    private long _batches;
    private long _rowsBefore;
    private AppendAck? _first;
    private AppendAck? _last;

    public void Acknowledged(AppendAck ack)
    {
        _first ??= ack;
        _last = ack;
        _batches++;
        Add(ack.RowCount);
    }

    /// <summary>Rows that an earlier run of the same producer appended.</summary>
    public void WasThere(long rows) => _rowsBefore += rows;

    public AppendSummary Summary(string stream, bool created) => new(stream, created, Rows, _rowsBefore, _batches, _first, _last, Elapsed);

    /// <summary>What a failure leaves behind, for the end of its message; empty where nothing was acknowledged.</summary>
    public string WhatIsSafe() =>
        _last is null ? "" : $". Before that, {Rows:N0} rows were appended and are durable, up to offset {_last.FirstOffset + _last.RowCount - 1}";
}
