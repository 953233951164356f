using System.Text.RegularExpressions;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.CommandLine;

/// <summary>Makes of a failure the one line that is printed: why, where in the SQL, and what to do. Stateless.</summary>
internal static partial class FailureText
{
    private const int NearCharsMax = 40;

    public static string Of(Exception failure) => failure switch
    {
        VarveException { IsUnavailable: true } e => $"{OneLine(e.Message)}. Is the daemon running there? Start one with: varve serve --data DIR",
        VarveException e => OneLine(e.Message) + Advice(e),
        _ => OneLine(failure.Message),
    };

    /// <summary>DuckDB draws a caret under the place in the statement; on one line, the text that stands there says the same.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', Caret().Replace(message, Place).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Place(Match match)
    {
        string text = match.Groups["text"].Value;
        string near = text[Math.Min(text.Length, match.Groups["blanks"].Length)..].TrimEnd();
        if (near.Length > NearCharsMax)
            near = near[..NearCharsMax] + "...";
        return near.Length > 0 ? $" (line {match.Groups["line"].Value}, at: {near})" : $" (line {match.Groups["line"].Value}, at its end)";
    }

    /// <summary>What the daemon cannot say, because it does not know that it talks to this command.</summary>
    private static string Advice(VarveException e) => e.Code switch
    {
        ErrorCode.StreamNotFound => ". See: varve stream list",
        ErrorCode.StreamAlreadyExists => ". Choose another name, or see what is there: varve stream describe " + (e.Stream ?? "STREAM"),
        ErrorCode.ConsumerNotFound => ". See: varve consumer list",
        ErrorCode.SchemaMismatch => ". See: varve stream describe " + (e.Stream ?? "STREAM"),
        ErrorCode.SqlNotFound => ". Tables are streams: varve stream list",
        ErrorCode.Unauthenticated => ". Give a token with --token or VARVE_TOKEN",
        _ => "",
    };

    [GeneratedRegex(@"\s*\nLINE (?<line>[0-9]+): (?<text>[^\n]*)\n {8}(?<blanks> *)\^")]
    private static partial Regex Caret();
}
