namespace Varve.Arrow;

/// <summary>A named, typed column or child. Equal by name, type and nullability; metadata does not take part.</summary>
public sealed class Field(string name, ArrowType type, bool isNullable = true, IReadOnlyDictionary<string, string>? metadata = null) : IEquatable<Field>
{
    public string Name { get; } = name;

    public ArrowType Type { get; } = type;

    public bool IsNullable { get; } = isNullable;

    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// The id that the message this field was read from gave its dictionary; null for a plain column, or one made here, which is numbered when
    /// it is written. Columns with one id share one dictionary. Takes no part in equality.
    /// </summary>
    public long? DictionaryId { get; init; }

    public bool Equals(Field? other) =>
        other is not null && Name == other.Name && IsNullable == other.IsNullable && Type.Equals(other.Type);

    public override bool Equals(object? obj) => Equals(obj as Field);

    public override int GetHashCode() => HashCode.Combine(Name, Type, IsNullable);

    /// <summary>Name, type and nullability as <see cref="TypeNames.ParseSchema"/> reads them.</summary>
    public override string ToString() => $"{TypeNames.Quote(Name)}: {TypeNames.Of(this)}";
}
