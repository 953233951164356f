using System.Net;

namespace Varve.Server.Configuration;

/// <summary>An address and a port to listen on. Port 0 lets the system choose; the address <c>*</c> means all of the machine's.</summary>
public sealed record Endpoint(IPAddress Address, int Port)
{
    internal const string Allowed = "ADDRESS:PORT with an IP address, localhost or *, such as 127.0.0.1:7447 or [::1]:7447";

    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <exception cref="FormatException">It is no endpoint; the message says what is allowed.</exception>
    public static Endpoint Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        if (!ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out ushort port))
            throw new FormatException($"allowed is {Allowed}");
        return new Endpoint(ParseAddress(host), port);
    }

    public override string ToString()
    {
        string host = Address.Equals(IPAddress.IPv6Any) ? "*"
            : Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]"
            : Address.ToString();
        return $"{host}:{Port}";
    }

    private static IPAddress ParseAddress(string host)
    {
        if (host == "*")
            return IPAddress.IPv6Any;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        bool isV6 = host.Contains(':', StringComparison.Ordinal);
        if (isBracketed == isV6 && IPAddress.TryParse(isBracketed ? host[1..^1] : host, out IPAddress? address))
            return address;
        throw new FormatException($"allowed is {Allowed}");
    }
}
