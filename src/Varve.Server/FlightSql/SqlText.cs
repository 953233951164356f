using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Varve.Server.Errors;

namespace Varve.Server.FlightSql;

/// <summary>
/// SQL that comes without Flight SQL around it, as some clients send it in a command or a ticket: plain text, or the JSON ticket of InfluxDB 3,
/// <c>{"sql_query": "...", "query_type": "sql", "params": {}}</c>.
/// </summary>
internal static class SqlText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="bytes">What is no Any.</param>
    /// <param name="where">"command" or "ticket", for messages.</param>
    /// <exception cref="Rpc.RpcException">The bytes are no text, or JSON without a query.</exception>
    public static string Of(ByteString bytes, string where)
    {
        string text;
        try
        {
            text = Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            text = "";
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw ErrorMapper.InvalidRequest(
                $"the {where} of {bytes.Length} bytes is not one of ours: expected a google.protobuf.Any of a known message, or SQL text");
        }

        return text.AsSpan().TrimStart().StartsWith("{") ? OfJson(text, where) : text;
    }

    private static string OfJson(string text, string where)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            if (Text(json.RootElement, "query_type") is { } type && type != "sql")
                throw ErrorMapper.InvalidRequest($"the {where} asks for a query of type '{type}'; Varve knows only sql");
            if (json.RootElement.TryGetProperty("params", out JsonElement parameters)
                && parameters.ValueKind == JsonValueKind.Object && parameters.EnumerateObject().Any())
                throw ErrorMapper.InvalidRequest($"the {where} has parameters, which a JSON {where} cannot; use a prepared statement of Flight SQL");
            return Text(json.RootElement, "sql_query") ?? throw ErrorMapper.InvalidRequest($"the JSON {where} has no text sql_query");
        }
        catch (JsonException e)
        {
            throw ErrorMapper.InvalidRequest($"the {where} begins like JSON and is none: {e.Message}");
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
