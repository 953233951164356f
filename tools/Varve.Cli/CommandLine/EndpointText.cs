using System.Globalization;

namespace Varve.Cli.CommandLine;

/// <summary>HOST:PORT, with IPv6 addresses in brackets.</summary>
internal static class EndpointText
{
    public static bool IsValid(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port > 0
            && Uri.CheckHostName(text[..colon].Trim('[', ']')) != UriHostNameType.Unknown;
    }
}
