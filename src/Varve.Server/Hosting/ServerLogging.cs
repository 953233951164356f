using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Varve.Server.Configuration;

namespace Varve.Server.Hosting;

/// <summary>The daemon's log: standard error, so that standard output stays for what a command was asked for.</summary>
internal static class ServerLogging
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    public static ILoggerFactory Create(VarveServerOptions.LogSection options) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(options.Level);

        // The web server's own messages are of use only when something is wrong with it.
        builder.AddFilter("Microsoft", options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning);

        // A failed start comes out as an exception that says what to do; the host would print its stack as well.
        builder.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        foreach ((string category, LogLevel level) in options.Levels)
            builder.AddFilter(category, level);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.Format == LogFormat.Json)
        {
            builder.AddJsonConsole(json => (json.TimestampFormat, json.UseUtcTimestamp) = (TimeFormat.TrimEnd(), true));
        }
        else
        {
            builder.AddSimpleConsole(text => (text.TimestampFormat, text.UseUtcTimestamp, text.SingleLine) = (TimeFormat, true, true));
        }
    });
}
