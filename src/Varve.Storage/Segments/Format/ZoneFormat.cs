using System.Buffers.Binary;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// A zone in a footer. Whether rows are null is not part of it: the page's count tells.
/// <code>
/// u8       0 nothing is known, 1 whole numbers, 2 real numbers, 3 bytes (<see cref="ZoneKind"/>), 4 every row is null
/// values   the least, then the greatest; whole: signed numbers; real: f64 each; bytes: counted, at most 32
/// </code>
/// </summary>
internal static class ZoneFormat
{
    private const byte Unknown = 0;
    private const byte AllNull = 4;

    public static void Write(Zone? zone, VectorWriter writer)
    {
        if (zone is not { } known || known.IsEmpty)
        {
            writer.AppendByte(zone is null ? Unknown : AllNull);
            return;
        }

        writer.AppendByte((byte)known.Least.Kind);
        Write(known.Least, writer);
        Write(known.Greatest, writer);
    }

    public static Zone? Read(ref CompactReader reader, bool hasNulls)
    {
        byte kind = reader.Byte();
        if (kind == Unknown)
            return null;
        if (kind == AllNull)
            return new Zone(default, default, HasNulls: true, IsEmpty: true);
        ZoneValue least = Value((ZoneKind)kind, ref reader);
        return new Zone(least, Value((ZoneKind)kind, ref reader), hasNulls);
    }

    private static void Write(ZoneValue value, VectorWriter writer)
    {
        switch (value.Kind)
        {
            case ZoneKind.Whole:
                writer.AppendSigned(value.Whole);
                break;
            case ZoneKind.Real:
                BinaryPrimitives.WriteDoubleLittleEndian(writer.Append(sizeof(double)), value.Real);
                break;
            default:
                writer.AppendCounted(value.Bytes);
                break;
        }
    }

    private static ZoneValue Value(ZoneKind kind, ref CompactReader reader) => kind switch
    {
        ZoneKind.Whole => ZoneValue.Of(reader.Signed()),
        ZoneKind.Real => ZoneValue.OfReal(BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(sizeof(double)))),
        ZoneKind.Bytes => ZoneValue.OfBytes(reader.Counted(ZoneScan.BytesMax)),
        _ => throw new PageFormatException($"a zone is of the unknown kind {(int)kind}"),
    };
}
