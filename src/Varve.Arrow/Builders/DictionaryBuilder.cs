namespace Varve.Arrow.Builders;

/// <summary>Builds a dictionary column: equal values get one code, in the order in which they first come. Used by one thread.</summary>
public sealed class DictionaryBuilder(DictionaryType type) : ArrayBuilder(type)
{
    private readonly ArrayBuilder _codes = Create(type.IndexType);
    private readonly ArrayBuilder _values = Create(type.ValueType);
    private readonly Dictionary<object, int> _known = [];

    /// <summary>Appends a number, text or other simple value.</summary>
    public void Append(object value)
    {
        object key = value is byte[] bytes ? Convert.ToHexString(bytes) : value;
        if (!_known.TryGetValue(key, out int code))
        {
            code = _values.Length;
            _values.AppendValue(value);
            _known.Add(key, code);
        }

        _codes.AppendValue(code);
        Added();
    }

    private protected override void AppendEmpty() => _codes.AppendValue(0);

    private protected override void AppendObject(object value) => Append(value);

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount)
    {
        _known.Clear();
        return new ArrayData(Type, length, nullCount, [validity, _codes.Build().Buffers[1]], dictionary: _values.Build());
    }
}
