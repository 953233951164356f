using System.Text;
using System.Text.Json;

namespace Varve.Arrow.Json;

/// <summary>Where a reader of rows is, for its messages, and what it may still allocate.</summary>
internal sealed class JsonPlace(long bytesMax)
{
    private const int ShownBytesMax = 60;

    /// <summary>The row that is being read, from 0.</summary>
    public int Row { get; set; }

    public ByteBudget Budget { get; } = new(bytesMax, "the rows");

    public ArrowFormatException Fail(string path, string expected, string found, Exception? inner = null)
    {
        string column = path.Length == 0 ? "" : $", column '{MessageText.Cut(path)}'";
        return new ArrowFormatException($"row {Row}{column}: expected {expected}, found {found}", inner) { RowIndex = Row };
    }

    /// <summary>The token that the reader stands on, shortened.</summary>
    public static string Show(ref readonly Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return "an object";
            case JsonTokenType.StartArray:
                return "an array";
            case JsonTokenType.String or JsonTokenType.PropertyName:
                return $"\"{Shorten(reader.ValueSpan)}\"";
            default:
                return Shorten(reader.ValueSpan);
        }
    }

    private static string Shorten(ReadOnlySpan<byte> utf8) =>
        utf8.Length > ShownBytesMax ? Encoding.UTF8.GetString(utf8[..ShownBytesMax]) + "..." : Encoding.UTF8.GetString(utf8);
}
