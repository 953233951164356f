using System.Text;

namespace Varve.Rpc.Wire;

/// <summary>The grpc-message header: UTF-8 bytes, each outside 0x20..0x7E and each '%' written as %XX.</summary>
internal static class StatusText
{
    private const string Ellipsis = "...";

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%'))
            return text;

        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain(b))
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2"));
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: a broken escape stays as it stands, bytes that are not UTF-8 become U+FFFD.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
            return text;

        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(at + 1, 2))[0]);
                at += 2;
                continue;
            }

            int written = Encoding.UTF8.GetBytes(text.AsSpan(at, 1), utf8);
            bytes.AddRange(utf8[..written]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>
    /// The longest beginning of a text whose encoded form has at most that many characters, with an ellipsis where something was cut.
    /// </summary>
    public static string Cut(string text, int encodedLengthMax)
    {
        int encodedLength = 0;
        int cutAt = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                encodedLength += IsPlain(b) ? 1 : 3;
            if (encodedLength > encodedLengthMax)
                return text[..cutAt] + Ellipsis;
            if (encodedLength <= encodedLengthMax - Ellipsis.Length)
                cutAt += rune.Utf16SequenceLength;
        }

        return text;
    }

    private static bool IsPlain(byte b) => b is >= 0x20 and <= 0x7E and not (byte)'%';
}
