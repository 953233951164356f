using System.Buffers.Binary;
using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>The result of GetSqlInfo: a code and a value in a dense union of six kinds, whose order the protocol prescribes.</summary>
internal static class SqlInfoBatch
{
    private const int StringMember = 0;
    private const int BoolMember = 1;
    private const int BigIntMember = 2;
    private const int BitmaskMember = 3;
    private const int StringListMember = 4;
    private const int MapMember = 5;

    private static readonly ListType IntList = new(new Field("item", ArrowTypes.Int32));
    private static readonly StructType Entry = new([new Field("key", ArrowTypes.Int32, isNullable: false), new Field("value", IntList)]);

    private static readonly DenseUnionType Value = new(
    [
        new Field("string_value", ArrowTypes.Utf8),
        new Field("bool_value", ArrowTypes.Boolean),
        new Field("bigint_value", ArrowTypes.Int64),
        new Field("int32_bitmask", ArrowTypes.Int32),
        new Field("string_list", new ListType(new Field("item", ArrowTypes.Utf8))),
        new Field("int32_to_int32_list_map", new MapType(new Field("entries", Entry, isNullable: false), KeysSorted: false)),
    ]);

    public static readonly Schema Schema = new(
        [new Field("info_name", ArrowTypes.UInt32, isNullable: false), new Field("value", Value, isNullable: false)]);

    public static RecordBatch Build(IReadOnlyList<KeyValuePair<uint, object>> infos)
    {
        List<object>[] members = [.. Value.Fields.Select(_ => new List<object>())];
        byte[] typeIds = new byte[infos.Count];
        byte[] places = new byte[4 * infos.Count];
        for (int i = 0; i < infos.Count; i++)
        {
            int member = MemberOf(infos[i].Value);
            typeIds[i] = (byte)member;
            BinaryPrimitives.WriteInt32LittleEndian(places.AsSpan(4 * i), members[member].Count);
            members[member].Add(infos[i].Value);
        }

        ArrayData codes = MetadataRows.Column(ArrowTypes.UInt32, infos.Select(info => (object)info.Key));
        ArrayData[] children = [.. members.Select((values, member) => MetadataRows.Column(Value.Fields[member].Type, values))];
        return new RecordBatch(Schema, infos.Count, [codes, new ArrayData(Value, infos.Count, 0, [typeIds, places], children)]);
    }

    /// <summary>The kind of a value is its member: see <see cref="SqlInfoValues"/>.</summary>
    private static int MemberOf(object value) => value switch
    {
        string => StringMember,
        bool => BoolMember,
        long => BigIntMember,
        int => BitmaskMember,
        string[] => StringListMember,
        IReadOnlyDictionary<object, object?> => MapMember,
        _ => throw new ArgumentException($"no member of the union takes a {value.GetType().Name}"),
    };
}
