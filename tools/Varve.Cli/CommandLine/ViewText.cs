using System.Globalization;

namespace Varve.Cli.CommandLine;

/// <summary>Moments that a reader may name, as people write them. Stateless.</summary>
internal static class ViewText
{
    /// <summary>Null: off.</summary>
    public static long? Position(string text) =>
        text == "off" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long position) ? position
        : throw new CliException($"'{text}' is no log position", exitCode: 2);

    public static DateTimeOffset Time(string option, string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw new CliException($"{option} '{text}' is no time such as 2026-01-31T12:00:00Z", exitCode: 2);

    public static (string Stream, long End) Offset(string option, string text)
    {
        int at = text.LastIndexOf('=');
        return at > 0 && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            ? (text[..at], end)
            : throw new CliException($"{option} '{text}' is not STREAM=N", exitCode: 2);
    }
}
