namespace Varve.Storage.Log;

/// <summary>Entries of the log that stay for whoever reads them, until this is disposed. Any thread.</summary>
internal sealed class LogHold(LogPosition from, Action<LogHold> release) : IDisposable
{
    private long _from = from.Value;

    /// <summary>The oldest entry that is kept. It only rises.</summary>
    public LogPosition From => new(Interlocked.Read(ref _from));

    /// <summary>Lets go of the entries before one.</summary>
    public void MoveTo(LogPosition position) => Interlocked.Exchange(ref _from, Math.Max(From.Value, position.Value));

    public void Dispose() => release(this);
}
