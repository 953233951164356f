using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Varve.Rpc.Wire;

namespace Varve.Rpc;

/// <summary>
/// Call metadata: request headers, response headers or trailers, in the order they were added, duplicates kept.
/// Not thread-safe: build it on one thread, then only read.
/// </summary>
public sealed class Metadata : IReadOnlyList<MetadataEntry>
{
    private readonly List<MetadataEntry> _entries = [];

    public int Count => _entries.Count;

    public MetadataEntry this[int index] => _entries[index];

    /// <summary>Adds text.</summary>
    /// <exception cref="ArgumentException">The key is reserved, malformed or binary, or the value is not printable ASCII.</exception>
    public void Add(string key, string value)
    {
        key = CheckedKey(key);
        if (IsBinaryKey(key))
            throw new ArgumentException($"metadata key '{key}' ends in -bin, so its value is bytes", nameof(key));
        foreach (char c in value)
        {
            if (c is < ' ' or > '~')
            {
                throw new ArgumentException(
                    $"metadata '{key}' holds the character U+{(int)c:X4}; text values are printable ASCII, use a -bin key", nameof(value));
            }
        }

        _entries.Add(new MetadataEntry(key, value, default));
    }

    /// <summary>Adds bytes under a key that ends in -bin.</summary>
    /// <exception cref="ArgumentException">The key is reserved, malformed or does not end in -bin.</exception>
    public void Add(string key, ReadOnlyMemory<byte> value)
    {
        key = CheckedKey(key);
        if (!IsBinaryKey(key))
            throw new ArgumentException($"metadata key '{key}' must end in -bin to carry bytes", nameof(key));
        _entries.Add(new MetadataEntry(key, "", value));
    }

    /// <summary>The first text value of a key (lower case), or null.</summary>
    public string? GetText(string key)
    {
        foreach (MetadataEntry entry in _entries)
        {
            if (entry.Key == key && !entry.IsBinary)
                return entry.Text;
        }

        return null;
    }

    /// <summary>The first bytes of a -bin key (lower case).</summary>
    public bool TryGetBytes(string key, out ReadOnlyMemory<byte> bytes)
    {
        foreach (MetadataEntry entry in _entries)
        {
            if (entry.Key == key && entry.IsBinary)
            {
                bytes = entry.Bytes;
                return true;
            }
        }

        bytes = default;
        return false;
    }

    public IEnumerator<MetadataEntry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsBinaryKey(string key) => key.EndsWith("-bin", StringComparison.Ordinal);

    /// <summary>
    /// Adds a value as it stood on the wire, if it is application metadata. A -bin value is split at commas (joined duplicates) and
    /// base64-decoded, padded or not; a part that does not decode is left out, since metadata alone must never fail a call.
    /// </summary>
    internal void AddFromWire(string key, string value)
    {
        key = LowerCase(key);
        if (GrpcHeaders.IsReserved(key))
            return;
        if (!IsBinaryKey(key))
        {
            _entries.Add(new MetadataEntry(key, value, default));
            return;
        }

        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (TryDecodeBase64(part, out byte[]? bytes))
                _entries.Add(new MetadataEntry(key, "", bytes));
        }
    }

    /// <summary>The wire form of an entry: bytes become base64 without padding.</summary>
    internal static string ToWire(in MetadataEntry entry) => entry.IsBinary ? EncodeBase64(entry.Bytes.Span) : entry.Text;

    internal static string EncodeBase64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    internal static bool TryDecodeBase64(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        string padded = (text.Length % 4) switch { 2 => text + "==", 3 => text + "=", _ => text };
        byte[] buffer = new byte[(padded.Length + 3) / 4 * 3];
        if (!Convert.TryFromBase64String(padded, buffer, out int length))
            return false;
        bytes = buffer[..length];
        return true;
    }

    private static string CheckedKey(string key)
    {
        key = LowerCase(key);
        if (GrpcHeaders.IsReserved(key))
            throw new ArgumentException($"metadata key '{key}' is reserved by HTTP/2 or gRPC", nameof(key));
        foreach (char c in key)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
                throw new ArgumentException($"metadata key '{key}' holds '{c}'; keys are made of a-z, 0-9, '-', '_' and '.'", nameof(key));
        }

        return key;
    }

    [SuppressMessage("Globalization", "CA1308", Justification = "Header names are lower case on the wire (RFC 9113, 8.2).")]
    private static string LowerCase(string key) => key.ToLowerInvariant();
}
