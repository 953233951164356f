using Varve.Storage.FileSystem;

namespace Varve.Backup.Pace;

/// <summary>
/// Runs tasks on threads of its own, which may have a lower priority by the system's measure; <see cref="Thread.Priority"/> does not change that on Linux. A
/// thread that had nothing to do for a while ends. Any thread.
/// </summary>
/// <param name="threadCountMax">More are never at work.</param>
/// <param name="niceness">By how much they are nicer than others, 0 to 19.</param>
/// <param name="name">Of the threads.</param>
internal sealed class DedicatedScheduler(int threadCountMax, int niceness, string name) : TaskScheduler
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Task> _waiting = [];
    private int _threadCount;
    private int _idleCount;

    public override int MaximumConcurrencyLevel => threadCountMax;

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _waiting.Enqueue(task);
            if (_waiting.Count <= _idleCount || _threadCount == threadCountMax)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _threadCount++;
        }

        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
            return [.. _waiting];
    }

    private void Run()
    {
        if (niceness > 0)
            Libc.LowerPriority(niceness);
        while (Take() is { } task)
            TryExecuteTask(task);
    }

    /// <summary>Null where there was nothing for a while.</summary>
    private Task? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                _idleCount++;
                bool isWoken = Monitor.Wait(_gate, IdleMax);
                _idleCount--;
                if (!isWoken && _waiting.Count == 0)
                {
                    _threadCount--;
                    return null;
                }
            }

            return _waiting.Dequeue();
        }
    }
}
