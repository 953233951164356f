namespace Varve.Arrow.Ipc;

/// <summary>
/// One field of a schema as message bodies see it: its layout, its children, and, for a dictionary column, the id and the values. Immutable.
/// </summary>
internal sealed class ColumnPlan
{
    private ColumnPlan(ArrowType type, ArrowType wireType, FieldPath path, long? dictionaryId, ColumnPlan? values, ColumnPlan[] children)
    {
        Type = type;
        WireType = wireType;
        Layout = type.Layout();
        Path = path;
        DictionaryId = dictionaryId;
        Values = values;
        Children = children;
    }

    public ArrowType Type { get; }

    /// <summary>The type with every dictionary, also within, replaced by its codes: what the body of one message holds.</summary>
    public ArrowType WireType { get; }

    public ColumnLayout Layout { get; }

    public FieldPath Path { get; }

    /// <summary>Set for a dictionary column.</summary>
    public long? DictionaryId { get; }

    /// <summary>The plan of a dictionary column's values.</summary>
    public ColumnPlan? Values { get; }

    public ColumnPlan[] Children { get; }

    /// <summary>Whether this column, or one inside it, is dictionary-encoded.</summary>
    public bool HasDictionary => !ReferenceEquals(Type, WireType);

    /// <summary>The plans of a schema's columns, and by id the values of each dictionary that they use.</summary>
    /// <exception cref="ArrowFormatException">Two columns share a dictionary id and not its type of values.</exception>
    public static ColumnPlan[] Of(Schema schema, out Dictionary<long, ColumnPlan> dictionaries)
    {
        var numbering = new Numbering(DictionaryNumbering.IsComplete(schema));
        ColumnPlan[] plans = [.. schema.Fields.Select(f => OfField(f, null, numbering))];
        dictionaries = numbering.Dictionaries;
        return plans;
    }

    private static ColumnPlan OfField(Field field, FieldPath? parent, Numbering numbering)
    {
        var path = new FieldPath(parent, field.Name);
        if (field.Type is not DictionaryType dictionary)
            return OfType(field.Type, path, numbering);
        long id = numbering.KeepIds ? field.DictionaryId!.Value : numbering.Next++;
        ColumnPlan values = OfType(dictionary.ValueType, path, numbering);
        if (!numbering.Dictionaries.TryAdd(id, values) && !numbering.Dictionaries[id].Type.Equals(values.Type))
        {
            throw new ArrowFormatException(
                $"columns {numbering.Dictionaries[id].Path} and {path} share dictionary {id} and differ in the type of its values");
        }

        return new ColumnPlan(field.Type, dictionary.IndexType, path, id, values, []);
    }

    private static ColumnPlan OfType(ArrowType type, FieldPath path, Numbering numbering)
    {
        ColumnPlan[] children = [.. type.Children.Select(f => OfField(f, path, numbering))];
        ArrowType wireType = children.Any(c => c.HasDictionary) ? WithChildren(type, children) : type;
        return new ColumnPlan(type, wireType, path, null, null, children);
    }

    private static ArrowType WithChildren(ArrowType type, ColumnPlan[] children)
    {
        Field Child(int index) => new(type.Children[index].Name, children[index].WireType, type.Children[index].IsNullable);
        return type switch
        {
            ListType => new ListType(Child(0)),
            LargeListType => new LargeListType(Child(0)),
            FixedSizeListType list => new FixedSizeListType(Child(0), list.Size),
            MapType map => new MapType(Child(0), map.KeysSorted),
            StructType => new StructType([.. Enumerable.Range(0, children.Length).Select(Child)]),
            _ => throw new ArgumentException($"a value of type {type.Name} has no children"),
        };
    }

    private sealed class Numbering(bool keepIds)
    {
        public bool KeepIds => keepIds;

        public long Next { get; set; }

        public Dictionary<long, ColumnPlan> Dictionaries { get; } = [];
    }
}
