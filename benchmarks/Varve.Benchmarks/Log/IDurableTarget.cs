namespace Varve.Benchmarks.Log;

/// <summary>Something that takes appends and says when they are durable. Any number of callers at once.</summary>
internal interface IDurableTarget : IAsyncDisposable
{
    /// <summary>Completes when the bytes survive a power cut. The caller keeps them unchanged until then.</summary>
    Task AppendAsync(ReadOnlyMemory<byte> bytes);
}
