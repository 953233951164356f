using System.Text;

namespace Varve.Storage.Producers;

/// <summary>The rule for names of producers: 1 to 255 bytes of UTF-8 without control characters. Case matters.</summary>
internal static class ProducerName
{
    public const int BytesMax = 255;

    /// <summary>Throws <see cref="StorageErrorCode.InvalidName"/>.</summary>
    public static void Validate(string name)
    {
        bool hasSurrogates = name.EnumerateRunes().Any(r => r == Rune.ReplacementChar);
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > BytesMax || name.Any(char.IsControl) || hasSurrogates)
        {
            throw new StorageException(
                StorageErrorCode.InvalidName,
                $"cannot open producer '{Streams.StreamName.Shown(name)}': a name has 1 to {BytesMax} bytes of UTF-8 and no control characters");
        }
    }
}
