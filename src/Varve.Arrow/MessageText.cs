namespace Varve.Arrow;

/// <summary>Names and values from outside, which may be of any length, cut to what a message can carry.</summary>
internal static class MessageText
{
    private const int CharsMax = 120;

    public static string Cut(string text) => text.Length <= CharsMax ? text : text[..CharsMax] + "...";

    public static string Cut(ArrowType type) => Cut(type.Name);
}
