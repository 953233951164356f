using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Varve.Server.Tests;

/// <summary>Keeps what a daemon logs, at all levels.</summary>
public sealed class LogCapture : ILoggerProvider
{
    public LogCapture() => Factory = LoggerFactory.Create(
        b => b.SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.Warning).AddProvider(this));

    public ILoggerFactory Factory { get; }

    public ConcurrentQueue<(LogLevel Level, string Category, string Message, Exception? Exception)> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            capture.Entries.Enqueue((logLevel, category, formatter(state, exception), exception));
    }
}
