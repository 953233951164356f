using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Varve.Arrow.Values;

/// <summary>
/// A SHA-256 over the values of arrays of one type that follow one another: the same for equal rows, in the sense of <see cref="ArrayEquality"/>, however
/// they are cut into arrays and however these are laid out. Not for dictionaries and unions. One thread.
/// </summary>
/// <remarks>Where nulls are, values, lengths and children are hashed apart, so that whole stretches of an array go in at once.</remarks>
public sealed class ArrayDigest : IDisposable
{
    private readonly ArrowType _type;
    private readonly DigestInput _nulls = new();
    private readonly DigestInput _lengths = new();
    private readonly DigestInput _values = new();
    private readonly ArrayDigest[] _children;
    private long _rowCount;

    /// <exception cref="ArgumentException">A dictionary or a union.</exception>
    public ArrayDigest(ArrowType type)
    {
        if (type is DictionaryType or DenseUnionType)
            throw new ArgumentException($"there is no digest of {type.Name}", nameof(type));
        _type = type;
        _children = [.. type.Children.Select(c => new ArrayDigest(c.Type))];
    }

    /// <summary>Goes on with rows [from, from + count) of a valid array of the type.</summary>
    public void Add(ArrayData array, int from, int count)
    {
        if (_type.Id != ArrowTypeId.Null)
            AddRuns(array, from, count);
        _rowCount += count;
    }

    /// <summary>The hash of all rows; 32 bytes. Nothing can be added then.</summary>
    public byte[] Finish()
    {
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> count = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(count, _rowCount);
        all.AppendData(count);
        foreach (DigestInput input in (DigestInput[])[_nulls, _lengths, _values])
            all.AppendData(input.Finish());
        foreach (ArrayDigest child in _children)
            all.AppendData(child.Finish());
        return all.GetHashAndReset();
    }

    public void Dispose()
    {
        _nulls.Dispose();
        _lengths.Dispose();
        _values.Dispose();
        foreach (ArrayDigest child in _children)
            child.Dispose();
    }

    private void AddRuns(ArrayData array, int from, int count)
    {
        if (array.NullCount == 0)
        {
            AddValues(array, from, count);
            return;
        }

        for (int at = from; at < from + count;)
        {
            int end = at;
            while (end < from + count && !array.IsNull(end))
                end++;
            if (end > at)
                AddValues(array, at, end - at);
            for (at = end; at < from + count && array.IsNull(at); at++)
                _nulls.Add(_rowCount + at - from);
        }
    }

    /// <summary>Rows without nulls.</summary>
    private void AddValues(ArrayData array, int at, int count)
    {
        switch (_type)
        {
            case BooleanType:
                for (int i = 0; i < count; i++)
                    _values.Add(Bitmap.IsSet(array.Buffers[1].Span, array.Offset + at + i));
                break;
            case Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType:
                (int start, int length) = AddLengths(array, at, count);
                if (length > 0)
                    _values.Add(array.Buffers[2].Span.Slice(start, length));
                break;
            case Utf8ViewType or BinaryViewType:
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<byte> bytes = ArrayLayout.ViewBytes(array, at + i);
                    _lengths.Add(bytes.Length);
                    _values.Add(bytes);
                }

                break;
            case ListType or LargeListType or MapType:
                (int first, int rowCount) = AddLengths(array, at, count);
                _children[0].Add(array.Children[0], first, rowCount);
                break;
            case FixedSizeListType list:
                _children[0].Add(array.Children[0], checked((array.Offset + at) * list.Size), checked(count * list.Size));
                break;
            case StructType:
                for (int i = 0; i < _children.Length; i++)
                    _children[i].Add(array.Children[i], array.Offset + at, count);
                break;
            default:
                int width = _type.ByteWidth;
                _values.Add(array.Buffers[1].Span.Slice(checked((array.Offset + at) * width), checked(count * width)));
                break;
        }
    }

    /// <summary>Where what the rows hold begins, and how much it is together.</summary>
    private (int Start, int Length) AddLengths(ArrayData array, int at, int count)
    {
        int start = ArrayLayout.EndBefore(array, at);
        int end = start;
        for (int i = 1; i <= count; i++)
        {
            int next = ArrayLayout.EndBefore(array, at + i);
            _lengths.Add(next - end);
            end = next;
        }

        return (start, end - start);
    }
}
