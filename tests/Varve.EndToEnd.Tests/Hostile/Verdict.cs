using Varve.Rpc;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>Whether an answer is one that a client's mistake may get.</summary>
internal static class Verdict
{
    /// <summary>
    /// Where gRPC itself prescribes INTERNAL (statuscodes.md: a message that does not parse or decompress, a stream that ends inside one, broken
    /// framing), and where DuckDB says of itself that it met a statement that it was not made for (SQL_INTERNAL); what matters then is that the next
    /// statement works.
    /// </summary>
    private static readonly string[] InternalByTheBook =
    [
        "does not parse", "the stream ended inside", "starts with the flag", "flagged as compressed", "does not decompress", "grpc-timeout",
        "an earlier read failed inside a message", "INTERNAL Error: ",
    ];

    /// <summary>What is wrong with the answer; null: nothing.</summary>
    public static string? Problem(RawAnswer answer) => answer.Status switch
    {
        StatusCode.Unknown => "UNKNOWN: the daemon did not expect it",
        StatusCode.Internal when !InternalByTheBook.Any(text => answer.Message.Contains(text, StringComparison.Ordinal)) => "INTERNAL",
        StatusCode.DataLoss => "DATA_LOSS: nothing that a client sends damages what is stored",
        StatusCode.Unavailable => "UNAVAILABLE: the daemon stopped taking calls",
        null when answer.Message.StartsWith("reset: ", StringComparison.Ordinal) && !IsRefusedStream(answer) => answer.Message,
        null when answer.Message is "no status" => "no status",
        _ => null,
    };

    /// <summary>A client that sends on after its answer came is told to stop by a reset without an error.</summary>
    private static bool IsRefusedStream(RawAnswer answer) =>
        answer.Message.Contains("NO_ERROR", StringComparison.Ordinal) || answer.Message.Contains("(0x0)", StringComparison.Ordinal);
}
