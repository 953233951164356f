namespace Varve.Rpc.Tests.Hosting;

/// <summary>A bound on waits for things that must happen: generous, since it is met only where a test fails.</summary>
internal static class Soon
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    public static Task InTime(this Task task) => task.WaitAsync(Bound);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Bound);

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Bound);

    public static Task InTime(this ValueTask task) => task.AsTask().WaitAsync(Bound);

    /// <summary>Completes when the token fires.</summary>
    public static Task Fired(this CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(_ => fired.TrySetResult(), null);
        return fired.Task;
    }
}
