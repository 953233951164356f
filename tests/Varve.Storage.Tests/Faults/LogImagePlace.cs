using System.Buffers.Binary;
using System.Globalization;
using Varve.Storage.Log;

namespace Varve.Storage.Tests.Faults;

/// <summary>Where an entry of a log begins.</summary>
/// <param name="File">The number of the file.</param>
/// <param name="Offset">In the file.</param>
internal readonly record struct LogImagePlace(long File, long Offset)
{
    public static LogImagePlace Find(Dictionary<string, byte[]> files, LogPosition position)
    {
        foreach ((string name, byte[] bytes) in files.Where(f => f.Key.EndsWith(".log", StringComparison.Ordinal)))
        {
            for (int at = LogFileHeader.BlockBytes; at + LogLayout.LengthBytes + EntryHeader.Bytes <= bytes.Length; at += LogLayout.Alignment)
            {
                ReadOnlySpan<byte> header = bytes.AsSpan(at + LogLayout.LengthBytes);
                if (BinaryPrimitives.ReadUInt32LittleEndian(header) == EntryHeader.Magic
                    && BinaryPrimitives.ReadInt64LittleEndian(header[8..]) == position.Value)
                    return new LogImagePlace(long.Parse(name.AsSpan(0, 10), CultureInfo.InvariantCulture), at);
            }
        }

        throw new InvalidOperationException($"no entry {position}");
    }
}
