namespace Varve.Arrow;

/// <summary>The columns of a record batch, in order. Equal by its fields; metadata does not take part.</summary>
public sealed class Schema(IReadOnlyList<Field> fields, IReadOnlyDictionary<string, string>? metadata = null) : IEquatable<Schema>
{
    public IReadOnlyList<Field> Fields { get; } = fields;

    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>The place of the first field of that name (case matters), or -1.</summary>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Name == name)
                return i;
        }

        return -1;
    }

    public bool Equals(Schema? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override bool Equals(object? obj) => Equals(obj as Schema);

    public override int GetHashCode() => Fields.Aggregate(17, HashCode.Combine);

    public override string ToString() => string.Join(", ", Fields);
}
