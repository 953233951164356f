namespace Varve.Storage;

/// <summary>Something that is kept until this is disposed, the first time. Any thread.</summary>
internal sealed class Held(Action release) : IDisposable
{
    private Action? _release = release;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
