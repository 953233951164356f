namespace Varve.Rpc.Server;

/// <summary>Limits and hooks of a <see cref="GrpcServer"/>. The hooks are called from many threads at once.</summary>
public sealed record GrpcServerOptions
{
    /// <summary>
    /// The largest request message in bytes, checked before anything is allocated for it and again after decompression. 4 MiB is gRPC's custom.
    /// </summary>
    public int MaxReceiveMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// What large messages (above <see cref="ReadBufferBytes"/>) of all calls may take together while they are received and decoded; others wait,
    /// held by flow control. Without it as many calls as clients care to open could each fill a message of the largest size. By default an eighth of
    /// the process's memory.
    /// </summary>
    public long ReceiveMemoryLimitBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8;

    /// <summary>The buffer that each call reads its small messages through.</summary>
    public int ReadBufferBytes { get; init; } = 16 * 1024;

    /// <summary>
    /// Pass the host's ApplicationStopping. When it fires, streaming calls end with UNAVAILABLE and new calls are refused so; unary calls
    /// under way may finish. Without it one live stream holds the host's stop for its whole shutdown timeout.
    /// </summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>How long a message half written when the server stops may still take.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Runs before the handler, before any message is read, except for methods that allow anonymous calls. May set <see cref="ServerCall.User"/> and
    /// add response headers; throws an <see cref="RpcException"/> to refuse the call.
    /// </summary>
    public Func<ServerCall, ValueTask>? Authenticate { get; init; }

    /// <summary>
    /// Runs once for every call, after its status is decided, also for refused and unknown ones. For metrics and logs; must not throw.
    /// </summary>
    public Action<CallReport>? CallEnded { get; init; }

    /// <summary>
    /// Turns an exception family of the application into a status; null leaves it as UNKNOWN with a message that gives nothing away.
    /// An <see cref="RpcException"/> is not asked about.
    /// </summary>
    public Func<Exception, RpcException?>? MapException { get; init; }

    /// <summary>Measures deadlines and durations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
