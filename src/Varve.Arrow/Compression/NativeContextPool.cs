using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>
/// Keeps native contexts for reuse, as many as there are processors: making one per call costs more than a small block takes. A context is used
/// by one caller at a time. Any number of threads.
/// </summary>
internal sealed class NativeContextPool<T>(Func<T> create)
    where T : SafeHandle
{
    private readonly ConcurrentQueue<T> _idle = [];

    public T Rent() => _idle.TryDequeue(out T? context) ? context : create();

    public void Return(T context)
    {
        if (_idle.Count < Environment.ProcessorCount)
            _idle.Enqueue(context);
        else
            context.Dispose();
    }
}
