using System.Buffers.Binary;

namespace Varve.Storage.Zones;

/// <summary>
/// Zones as bytes, in seal records, checkpoints and the footers of segments. Without state, any thread.
/// <code>
/// bytes  type  meaning
///     1  u8    0: nothing is known, and nothing follows. Else bits 0-1: kind of the bounds (<see cref="ZoneKind"/>, 0: every row is null and
///              nothing follows), bit 2: some row is null, bit 3: always 1
///              least, then greatest:
///              whole: u8 bytes (0 to 16), then the number, little-endian two's complement, without bytes that only repeat its sign
///              real: 8 bytes, IEEE 754, little-endian
///              bytes: u8 bytes, then the bytes
/// </code>
/// </summary>
internal static class ZoneCodec
{
    /// <summary>No zone takes more.</summary>
    public const int BytesMax = 1 + (2 * (1 + ValueBytesMax));

    /// <summary>The longest text or binary bound: longer ones are to be cut before, the greatest upwards.</summary>
    public const int ValueBytesMax = byte.MaxValue;

    private const int KindMask = 3;
    private const byte HasNulls = 4;
    private const byte Known = 8;
    private const int WholeBytesMax = 16;

    /// <summary>Writes the zone and returns the bytes that it takes. The target has room for <see cref="BytesMax"/>.</summary>
    public static int Write(Zone? zone, Span<byte> target)
    {
        if (zone is not { } known)
        {
            target[0] = 0;
            return 1;
        }

        ZoneKind kind = known.IsEmpty ? 0 : known.Least.Kind;
        target[0] = (byte)(Known | (known.HasNulls || known.IsEmpty ? HasNulls : 0) | (int)kind);
        if (known.IsEmpty)
            return 1;
        int length = 1 + WriteValue(known.Least, target[1..]);
        return length + WriteValue(known.Greatest, target[length..]);
    }

    /// <summary>Reads the zone at the start of the bytes and returns how many it takes; 0 where they are no zone.</summary>
    public static int Read(ReadOnlySpan<byte> source, out Zone? zone)
    {
        zone = null;
        if (source.IsEmpty)
            return 0;
        byte head = source[0];
        if (head == 0)
            return 1;
        var kind = (ZoneKind)(head & KindMask);
        bool hasNulls = (head & HasNulls) != 0;
        if ((head & ~(KindMask | HasNulls)) != Known || (kind == 0 && !hasNulls))
            return 0;
        if (kind == 0)
        {
            zone = new Zone(default, default, HasNulls: true, IsEmpty: true);
            return 1;
        }

        int length = 1;
        if (!TryReadValue(kind, source, ref length, out ZoneValue least) || !TryReadValue(kind, source, ref length, out ZoneValue greatest)
            || greatest < least)
            return 0;
        zone = new Zone(least, greatest, hasNulls);
        return length;
    }

    private static int WriteValue(ZoneValue value, Span<byte> target)
    {
        switch (value.Kind)
        {
            case ZoneKind.Whole:
                int bytes = WholeBytes(value.Whole);
                Span<byte> whole = stackalloc byte[WholeBytesMax];
                BinaryPrimitives.WriteInt128LittleEndian(whole, value.Whole);
                target[0] = (byte)bytes;
                whole[..bytes].CopyTo(target[1..]);
                return 1 + bytes;
            case ZoneKind.Real:
                BinaryPrimitives.WriteDoubleLittleEndian(target, value.Real);
                return sizeof(double);
            case ZoneKind.Bytes:
                target[0] = checked((byte)value.Bytes.Length);
                value.Bytes.CopyTo(target[1..]);
                return 1 + value.Bytes.Length;
            default:
                throw new ArgumentException($"a bound of kind {value.Kind} cannot be written");
        }
    }

    private static bool TryReadValue(ZoneKind kind, ReadOnlySpan<byte> source, ref int at, out ZoneValue value)
    {
        value = default;
        ReadOnlySpan<byte> rest = source[at..];
        int prefix = kind == ZoneKind.Real ? 0 : 1;
        if (rest.Length < prefix)
            return false;
        int bytes = kind == ZoneKind.Real ? sizeof(double) : rest[0];
        if (bytes > rest.Length - prefix || (kind == ZoneKind.Whole && bytes > WholeBytesMax))
            return false;
        ReadOnlySpan<byte> stored = rest.Slice(prefix, bytes);
        at += prefix + bytes;
        value = kind switch
        {
            ZoneKind.Whole => ZoneValue.Of(ReadWhole(stored)),
            ZoneKind.Real => ZoneValue.OfReal(BinaryPrimitives.ReadDoubleLittleEndian(stored)),
            _ => ZoneValue.OfBytes(stored),
        };
        return true;
    }

    /// <summary>The bytes of a number without those at its upper end that only repeat the sign: 0 for 0 and 1 for -1.</summary>
    private static int WholeBytes(Int128 value)
    {
        Int128 magnitude = value < 0 ? ~value : value;
        int bits = 128 - (int)Int128.LeadingZeroCount(magnitude);
        return value == 0 ? 0 : (bits / 8) + 1;
    }

    private static Int128 ReadWhole(ReadOnlySpan<byte> stored)
    {
        Span<byte> whole = stackalloc byte[WholeBytesMax];
        whole.Fill(stored.Length > 0 && (stored[^1] & 0x80) != 0 ? byte.MaxValue : (byte)0);
        stored.CopyTo(whole);
        return BinaryPrimitives.ReadInt128LittleEndian(whole);
    }
}
