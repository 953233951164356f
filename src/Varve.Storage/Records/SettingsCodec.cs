using System.Buffers.Binary;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>
/// Settings as bytes, in records and checkpoints. Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   how long rows are kept, in microseconds; 0: for ever
/// 8      8     i64   how many rows are kept; 0: all
/// 16     8     i64   how many bytes of segments are kept; 0: all
/// 24     2     u16   columns to cluster by
/// 26     ...         u16 each: places in the stream's schema, zeros up to a multiple of 8
/// </code>
/// </summary>
internal static class SettingsCodec
{
    private const int HeaderBytes = 26;

    public static int BytesOf(StoredSettings settings) => RecordFormat.Padded(HeaderBytes + (2 * settings.ClusterColumns.Length));

    /// <summary>Writes into zeroed bytes.</summary>
    public static void Write(StoredSettings settings, Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, settings.RetainMicros);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], settings.RetainRows);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], settings.RetainBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[24..], checked((ushort)settings.ClusterColumns.Length));
        for (int i = 0; i < settings.ClusterColumns.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(target[(HeaderBytes + (2 * i))..], checked((ushort)settings.ClusterColumns[i]));
    }

    /// <summary>Null where the bytes are no settings. Whether the stream can have them is checked when they are applied.</summary>
    public static StoredSettings? Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytes)
            return null;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(source[24..]);
        if (RecordFormat.Padded(HeaderBytes + (2 * count)) != source.Length)
            return null;
        int[] columns = new int[count];
        for (int i = 0; i < count; i++)
            columns[i] = BinaryPrimitives.ReadUInt16LittleEndian(source[(HeaderBytes + (2 * i))..]);
        return new StoredSettings(
            columns,
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
    }
}
