using System.Collections;

namespace Varve.Arrow.Builders;

/// <summary>
/// Builds a column of structs: append one value to each of <see cref="Fields"/>, then call <see cref="EndStruct"/>. Used by one thread.
/// </summary>
public sealed class StructBuilder(StructType type) : ArrayBuilder(type)
{
    /// <summary>A builder per field, in the type's order.</summary>
    public IReadOnlyList<ArrayBuilder> Fields { get; } = [.. type.Fields.Select(f => Create(f.Type))];

    /// <summary>Makes a row of the newest value of each field.</summary>
    /// <exception cref="InvalidOperationException">A field has none, or more than one.</exception>
    public void EndStruct()
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Length != Length + 1)
                throw new InvalidOperationException($"field '{type.Fields[i].Name}' needs one value per struct, not {Fields[i].Length - Length}");
        }

        Added();
    }

    private protected override void AppendEmpty()
    {
        foreach (ArrayBuilder field in Fields)
            field.AppendNull();
    }

    private protected override void AppendObject(object value)
    {
        if (value is IReadOnlyDictionary<string, object?> named)
        {
            if (named.Keys.FirstOrDefault(name => type.Fields.All(f => f.Name != name)) is { } unknown)
                throw Misfit(value, $"no field '{unknown}'");
            for (int i = 0; i < Fields.Count; i++)
                Fields[i].AppendValue(named.GetValueOrDefault(type.Fields[i].Name));
        }
        else
        {
            object?[] values = value is IEnumerable list and not string ? [.. list.Cast<object?>()] : throw Misfit(value);
            if (values.Length != Fields.Count)
                throw Misfit(value, $"{Fields.Count} values");
            for (int i = 0; i < values.Length; i++)
                Fields[i].AppendValue(values[i]);
        }

        EndStruct();
    }

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Length != length)
                throw new InvalidOperationException($"field '{type.Fields[i].Name}' has {Fields[i].Length} values for {length} structs");
        }

        return new ArrayData(Type, length, nullCount, [validity], [.. Fields.Select(f => f.Build())]);
    }
}
