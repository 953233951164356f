using System.Text;
using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads objects whose fields are columns: rows, structs and entries of maps. Used by one thread.</summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, int> _places = [];
    private readonly byte[][] _names;
    private readonly bool[] _seen;
    private readonly string _path;
    private readonly JsonPlace _place;

    /// <param name="fields">Names and types.</param>
    /// <param name="path">The column that consists of the fields, or nothing for rows.</param>
    /// <param name="place">The reader that this is part of.</param>
    public JsonFields(IReadOnlyList<Field> fields, string path, JsonPlace place)
        : this(fields, [.. fields.Select(f => JsonColumn.BuilderOf(f, path))], path, place)
    {
    }

    /// <summary>The same over builders of the parent's.</summary>
    public JsonFields(IReadOnlyList<Field> fields, IReadOnlyList<ArrayBuilder> builders, string path, JsonPlace place)
    {
        _path = path;
        _place = place;
        _names = [.. fields.Select(f => Encoding.UTF8.GetBytes(f.Name))];
        _seen = new bool[fields.Count];
        Columns = new JsonColumn[fields.Count];
        for (int i = 0; i < fields.Count; i++)
        {
            if (!_places.TryAdd(fields[i].Name, i))
                throw new ArrowFormatException($"JSON needs distinct names, the schema has two fields '{MessageText.Cut(PathOf(fields[i].Name))}'");
            Columns[i] = JsonColumn.Create(fields[i], builders[i], PathOf(fields[i].Name), place);
        }
    }

    public JsonColumn[] Columns { get; }

    /// <summary>Reads from the start of an object to its end and appends one value to each column.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        Array.Clear(_seen);
        int next = 0;
        while (ReadToken(ref reader) != JsonTokenType.EndObject)
        {
            int index = Find(ref reader, next);
            if (_seen[index])
                throw _place.Fail(PathOf(index), "each field once", "it twice");
            _seen[index] = true;
            ReadToken(ref reader);
            Columns[index].Read(ref reader);
            next = index + 1;
        }

        for (int i = 0; i < Columns.Length; i++)
        {
            if (!_seen[i])
                Columns[i].AppendMissing();
        }
    }

    /// <summary>The next token. The text of a whole value that ends early is an error of the reader's own.</summary>
    private static JsonTokenType ReadToken(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private int Find(ref Utf8JsonReader reader, int guess)
    {
        if (guess < _names.Length && reader.ValueTextEquals(_names[guess]))
            return guess;
        string name = JsonColumn.Text(ref reader, _path, _place);
        return _places.TryGetValue(name, out int index)
            ? index
            : throw _place.Fail(_path, $"a field of {Names()}", $"unknown field {JsonPlace.Show(ref reader)}");
    }

    private string Names() => MessageText.Cut(string.Join(", ", _places.Keys.Take(20)));

    private string PathOf(int index) => PathOf(Encoding.UTF8.GetString(_names[index]));

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
