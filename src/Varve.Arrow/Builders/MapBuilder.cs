using System.Collections;

namespace Varve.Arrow.Builders;

/// <summary>
/// Builds a column of maps: append the entries of a row to <see cref="Keys"/> and <see cref="Values"/>, then call <see cref="EndMap"/>.
/// Used by one thread.
/// </summary>
public sealed class MapBuilder(MapType type) : ArrayBuilder(type)
{
    private readonly BuilderOffsets _offsets = new(is64Bit: false);

    public ArrayBuilder Keys { get; } = Create(type.Entries.Type.Children[0].Type);

    public ArrayBuilder Values { get; } = Create(type.Entries.Type.Children[1].Type);

    /// <summary>Makes a row of the entries since the last one.</summary>
    /// <exception cref="InvalidOperationException">There are not as many keys as values.</exception>
    public void EndMap()
    {
        if (Keys.Length != Values.Length)
            throw new InvalidOperationException($"a map column has {Keys.Length} keys and {Values.Length} values");
        _offsets.Append(Keys.Length);
        Added();
    }

    private protected override void AppendEmpty()
    {
        if (Keys.Length != _offsets.End || Values.Length != _offsets.End)
            throw new InvalidOperationException("entries were appended to a map that is null");
        _offsets.Append(Keys.Length);
    }

    private protected override void AppendObject(object value)
    {
        switch (value)
        {
            case IEnumerable<KeyValuePair<object, object?>> entries:
                foreach ((object key, object? entry) in entries)
                    AppendEntry(key, entry);
                break;
            case IEnumerable<KeyValuePair<string, object?>> entries:
                foreach ((string key, object? entry) in entries)
                    AppendEntry(key, entry);
                break;
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                    AppendEntry(entry.Key, entry.Value);
                break;
            default:
                throw Misfit(value);
        }

        EndMap();
    }

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount)
    {
        if (Keys.Length != _offsets.End || Values.Length != _offsets.End)
            throw new InvalidOperationException($"entries were appended and no {nameof(EndMap)} followed");
        int count = Keys.Length;
        ArrayData entries = new(type.Entries.Type, count, 0, [default], [Keys.Build(), Values.Build()]);
        return new ArrayData(Type, length, nullCount, [validity, _offsets.Take()], [entries]);
    }

    private void AppendEntry(object key, object? value)
    {
        Keys.AppendValue(key);
        Values.AppendValue(value);
    }
}
