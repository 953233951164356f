using Varve.Arrow.FlatBuffers;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Schema messages that our own writer would not write.</summary>
internal static class CraftedSchema
{
    public static byte[] Message(FlatBuilder builder, int[] fields, short endianness = 0, long[]? features = null, short version = 4)
    {
        int items = builder.References(fields);
        int list = features is null ? 0 : builder.Int64Structs(features, 1);
        builder.StartTable(4);
        builder.Int16(0, endianness);
        builder.Reference(1, items);
        builder.Reference(3, list);
        return CraftedMessage.Message(builder, MessageKind.Schema, builder.EndTable(), version);
    }

    /// <summary>A field of a type whose table has no values, or those that <paramref name="type"/> writes.</summary>
    public static int Field(FlatBuilder builder, int name, byte code, int[] children, Action<FlatBuilder>? type = null)
    {
        int items = builder.References(children);
        builder.StartTable(3);
        type?.Invoke(builder);
        int table = builder.EndTable();
        builder.StartTable(7);
        builder.Reference(0, name);
        builder.Byte(2, code);
        builder.Reference(3, table);
        builder.Reference(5, items);
        return builder.EndTable();
    }

    public static byte[] OneField(byte code, Action<FlatBuilder>? type = null, params byte[] childCodes)
    {
        var builder = new FlatBuilder();
        int name = builder.String("c");
        int[] children = [.. childCodes.Select(c => Field(builder, name, c, []))];
        return Message(builder, [Field(builder, name, code, children, type)]);
    }
}
