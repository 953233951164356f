namespace Varve.Storage.Tail;

/// <summary>The turn of an append that waited for memory, which it has now. The next one gets its own when this one is disposed.</summary>
internal readonly struct MemoryTurn(MemoryQueue queue) : IDisposable
{
    public void Dispose() => queue.EndTurn();
}
