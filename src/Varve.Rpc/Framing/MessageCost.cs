using System.Collections.Concurrent;
using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Varve.Rpc.Framing;

/// <summary>
/// About how much memory a message will take once it is parsed, told from its bytes before: two bytes of protobuf can stand for an object of a
/// hundred, one for a number of eight in a list that grows by doubling. Unknown fields cost nothing, they are dropped. Bytes that do not parse cost
/// what comes before them. Immutable, one per message type.
/// </summary>
public sealed class MessageCost
{
    private const int ObjectBytes = 40;
    private const int FieldBytes = 16;
    private const int ElementBytes = 8;

    /// <summary>A list that grows by doubling: what it holds, as much room again, and the smaller one that it came from.</summary>
    private const int Growth = 3;

    /// <summary>Deeper than the parser goes.</summary>
    private const int DepthMax = 128;

    private static readonly ConcurrentDictionary<MessageDescriptor, MessageCost> ByType = new();

    private readonly FrozenDictionary<int, FieldDescriptor> _fields;
    private readonly long _ownBytes;

    private MessageCost(MessageDescriptor type)
    {
        _fields = type.Fields.InDeclarationOrder().ToFrozenDictionary(f => f.FieldNumber);
        _ownBytes = ObjectBytes + type.Fields.InDeclarationOrder().Sum(f => f.IsMap ? 2 * ObjectBytes : f.IsRepeated ? ObjectBytes : FieldBytes);
    }

    public static MessageCost Of(MessageDescriptor type) => ByType.GetOrAdd(type, static t => new MessageCost(t));

    public long Measure(ReadOnlySpan<byte> message) => Measure(message, 0);

    private long Measure(ReadOnlySpan<byte> message, int depth)
    {
        long cost = _ownBytes;
        while (TryReadVarint(ref message, out ulong tag))
        {
            FieldDescriptor? field = tag >> 3 <= int.MaxValue ? _fields.GetValueOrDefault((int)(tag >> 3)) : null;
            switch (tag & 7)
            {
                case 0 when TryReadVarint(ref message, out _):
                case 1 when TrySkip(ref message, 8):
                case 5 when TrySkip(ref message, 4):
                    cost += field is { IsRepeated: true } ? Growth * ElementBytes : 0;
                    break;
                case 2 when TryReadVarint(ref message, out ulong length) && length <= (ulong)message.Length:
                    cost += field is null ? 0 : Measure(field, message[..(int)length], depth);
                    message = message[(int)length..];
                    break;
                default:
                    return cost;
            }
        }

        return cost;
    }

    private static long Measure(FieldDescriptor field, ReadOnlySpan<byte> value, int depth)
    {
        long element = field.IsRepeated ? Growth * ElementBytes : 0;
        return field.FieldType switch
        {
            FieldType.Message => element + (depth < DepthMax ? Of(field.MessageType).Measure(value, depth + 1) : 0),
            FieldType.String => element + ObjectBytes + (2L * value.Length),
            FieldType.Bytes => element + (2 * ObjectBytes) + value.Length,
            FieldType.Fixed64 or FieldType.SFixed64 or FieldType.Double => value.Length,
            FieldType.Fixed32 or FieldType.SFixed32 or FieldType.Float => value.Length,
            FieldType.Bool => Growth * (long)value.Length,
            FieldType.Int32 or FieldType.UInt32 or FieldType.SInt32 or FieldType.Enum => Growth * 4 * VarintCount(value),
            _ => Growth * 8 * VarintCount(value),
        };
    }

    /// <summary>Each number ends with the one byte of it that has no high bit.</summary>
    private static long VarintCount(ReadOnlySpan<byte> packed)
    {
        long count = 0;
        foreach (byte b in packed)
            count += b < 0x80 ? 1 : 0;
        return count;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> message, int count)
    {
        if (message.Length < count)
            return false;
        message = message[count..];
        return true;
    }
}
