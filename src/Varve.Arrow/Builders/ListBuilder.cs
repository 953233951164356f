using System.Collections;

namespace Varve.Arrow.Builders;

/// <summary>
/// Builds a column of lists: append the elements of a row to <see cref="Elements"/>, then call <see cref="EndList"/>. Used by one thread.
/// </summary>
public sealed class ListBuilder : ArrayBuilder
{
    private readonly BuilderOffsets? _offsets;
    private readonly int _size;

    /// <param name="type">list, large_list or fixed_size_list.</param>
    public ListBuilder(ArrowType type)
        : base(type)
    {
        if (type is FixedSizeListType list)
            _size = list.Size;
        else if (type is ListType or LargeListType)
            _offsets = new BuilderOffsets(ArrayLayout.HasLargeOffsets(type));
        else
            throw new ArgumentException($"{type.Name} is not a list");
        Elements = Create(type.Children[0].Type);
    }

    public ArrayBuilder Elements { get; }

    /// <summary>Elements that the row to come has so far.</summary>
    private int Pending => Elements.Length - (_offsets?.End ?? Length * _size);

    /// <summary>Makes a row of the elements since the last one.</summary>
    /// <exception cref="InvalidOperationException">Not as many elements as a fixed-size list has.</exception>
    public void EndList()
    {
        if (_offsets is null && Pending != _size)
            throw new InvalidOperationException($"a value of {Type.Name} has {_size} elements, {Pending} were appended");
        _offsets?.Append(Elements.Length);
        Added();
    }

    private protected override void AppendEmpty()
    {
        if (Pending != 0)
            throw new InvalidOperationException($"{Pending} elements were appended to a list that is null");
        for (int i = 0; i < _size; i++)
            Elements.AppendNull();
        _offsets?.Append(Elements.Length);
    }

    private protected override void AppendObject(object value)
    {
        if (value is not IEnumerable elements || value is string)
            throw Misfit(value);
        foreach (object? element in elements)
            Elements.AppendValue(element);
        if (_offsets is null && Pending != _size)
            throw Misfit(value, $"{_size} elements");
        EndList();
    }

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount)
    {
        if (Pending != 0)
            throw new InvalidOperationException($"{Pending} elements were appended and no {nameof(EndList)} followed");
        return new ArrayData(Type, length, nullCount, _offsets is null ? [validity] : [validity, _offsets.Take()], [Elements.Build()]);
    }
}
