using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>
/// Damage to the fields of a message, which stays one that parses: values at the ends of their ranges, fields that are missing, doubled or damaged.
/// </summary>
internal static class FieldMutation
{
    private static readonly string[] Texts =
    [
        "", "\0", "a\0b", "../../etc/passwd", "_offset", "fuzz", "FUZZ", "\uFFFE", "ž\u0301\u202E", "'; drop table fuzz; --",
        "select * from fuzz, fuzz", "[[[[[[", "{}", "null", "-1", "9223372036854775808", "list<list<list<int8>>>",
        "fixed_size_binary[2147483647]", "decimal256(76, -76)",
        "fixed_size_list<fixed_size_list<int64>[65535]>[65535]", new string('x', 100_000), new string('(', 5_000), new string('%', 2_000),
    ];

    private static readonly long[] Numbers = [0, 1, -1, 127, 255, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    /// <summary>A copy with something changed; also inside of an Any, and inside of bytes.</summary>
    public static IMessage Mutate(Random random, IMessage message)
    {
        IMessage copy = message.Descriptor.Parser.ParseFrom(message.ToByteString());
        for (int i = random.Next(1, 4); i > 0; i--)
            MutateOnce(random, copy);
        return copy;
    }

    private static void MutateOnce(Random random, IMessage message)
    {
        if (message.Descriptor.Fields.InDeclarationOrder().Count == 0)
            return;
        IList<FieldDescriptor> fields = [.. message.Descriptor.Fields.InDeclarationOrder()];
        FieldDescriptor field = fields[random.Next(fields.Count)];
        object? value = field.Accessor.GetValue(message);
        if (random.Next(10) == 0)
            field.Accessor.Clear(message);
        else if (field.IsMap)
            Fill((IDictionary)value!, field, random);
        else if (field.IsRepeated)
            Change((IList)value!, field, random);
        else if (value is IMessage inner && random.Next(5) > 0)
            MutateOnce(random, inner);
        else if (value is ByteString bytes)
            field.Accessor.SetValue(message, Damage(random, bytes));
        else
            field.Accessor.SetValue(message, Value(random, field));
    }

    private static void Fill(IDictionary map, FieldDescriptor field, Random random)
    {
        FieldDescriptor key = field.MessageType.FindFieldByNumber(1);
        FieldDescriptor value = field.MessageType.FindFieldByNumber(2);
        for (int i = random.Next(20); i > 0; i--)
            map[Value(random, key)] = Value(random, value);
    }

    private static void Change(IList list, FieldDescriptor field, Random random)
    {
        if (list.Count > 0 && random.Next(3) == 0)
            list.RemoveAt(random.Next(list.Count));
        else if (list.Count > 0 && list[random.Next(list.Count)] is IMessage inner && random.Next(3) > 0)
            MutateOnce(random, inner);
        else if (list.Count > 0 && random.Next(3) == 0)
            Repeat(list, list[random.Next(list.Count)]!, random.Next(5_000));
        else
            list.Add(Value(random, field));
    }

    private static void Repeat(IList list, object value, int count)
    {
        for (int i = 0; i < count; i++)
            list.Add(value);
    }

    private static ByteString Damage(Random random, ByteString bytes)
    {
        if (random.Next(3) == 0 && bytes.Length > 0 && TryParseAny(bytes) is { } any)
        {
            any.Value = Damage(random, any.Value);
            return any.ToByteString();
        }

        return ByteString.CopyFrom(random.Next(6) == 0 ? ByteMutation.Random(random, 300) : ByteMutation.Mutate(random, bytes.ToByteArray()));
    }

    private static Any? TryParseAny(ByteString bytes)
    {
        try
        {
            return Any.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static object Value(Random random, FieldDescriptor field)
    {
        long number = random.Next(3) == 0 ? random.NextInt64() : Numbers[random.Next(Numbers.Length)];
        return field.FieldType switch
        {
            FieldType.String => Texts[random.Next(Texts.Length)],
            FieldType.Bytes => ByteString.CopyFrom(ByteMutation.Random(random, 100)),
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Double => BitConverter.Int64BitsToDouble(number),
            FieldType.Float => BitConverter.Int32BitsToSingle((int)number),
            FieldType.Message or FieldType.Group => field.MessageType.Parser.ParseFrom(ByteString.Empty),
            FieldType.Enum or FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)number,
            FieldType.UInt32 or FieldType.Fixed32 => (uint)number,
            FieldType.UInt64 or FieldType.Fixed64 => (ulong)number,
            _ => number,
        };
    }
}
