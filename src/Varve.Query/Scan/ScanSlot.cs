namespace Varve.Query.Scan;

/// <summary>What DuckDB keeps per thread and scan.</summary>
internal sealed class ScanSlot : IDisposable
{
    public ScanWorker? Worker { get; set; }

    public void Dispose() => Worker?.Dispose();
}
