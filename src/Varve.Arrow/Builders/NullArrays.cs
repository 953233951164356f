namespace Varve.Arrow.Builders;

/// <summary>Arrays whose rows are all null, over zeros that all of them share. Any thread.</summary>
internal static class NullArrays
{
    /// <summary>Zeros kept for sharing at most; longer ones are made anew.</summary>
    private const int SharedBytesMax = 4 << 20;

    private static volatile byte[] _zeros = new byte[1 << 12];

    public static ArrayData Create(ArrowType type, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ReadOnlyMemory<byte> validity = length == 0 ? default : Zeros((length + 63L) / 64 * 8, type);
        return type switch
        {
            NullType => new ArrayData(type, length, length, []),
            BooleanType => Flat(validity),
            Utf8Type or BinaryType => Flat(Zeros((length + 1L) * 4, type), default(ReadOnlyMemory<byte>)),
            LargeUtf8Type or LargeBinaryType => Flat(Zeros((length + 1L) * 8, type), default(ReadOnlyMemory<byte>)),
            Utf8ViewType or BinaryViewType => Flat(Zeros((long)length * ByteView.SizeBytes, type)),
            ListType or MapType => Nested([validity, Zeros((length + 1L) * 4, type)], 0),
            LargeListType => Nested([validity, Zeros((length + 1L) * 8, type)], 0),
            FixedSizeListType list => Nested([validity], (long)length * list.Size),
            StructType => Nested([validity], length),
            DictionaryType dictionary => new ArrayData(
                type, length, length, [validity, Zeros((long)length * type.ByteWidth, type)], dictionary: Create(dictionary.ValueType, 0)),
            DenseUnionType => throw new ArgumentException($"a value of {type.Name} is never null itself"),
            _ => Flat(Zeros((long)length * type.ByteWidth, type)),
        };

        ArrayData Flat(params ReadOnlyMemory<byte>[] values) => new(type, length, length, [validity, .. values]);

        ArrayData Nested(ReadOnlyMemory<byte>[] buffers, long childLength) => childLength <= int.MaxValue
            ? new ArrayData(type, length, length, buffers, [.. type.Children.Select(f => Create(f.Type, (int)childLength))])
            : throw new ArgumentException($"{length} nulls of {type.Name} need {childLength} elements, more than an array can have");
    }

    private static ReadOnlyMemory<byte> Zeros(long lengthBytes, ArrowType type)
    {
        if (lengthBytes > Array.MaxLength)
            throw new ArgumentException($"nulls of {type.Name} need {lengthBytes} bytes, more than a buffer can have");
        byte[] zeros = _zeros;
        if (zeros.Length < lengthBytes)
        {
            zeros = new byte[lengthBytes > SharedBytesMax ? lengthBytes : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)lengthBytes)];
            if (zeros.Length <= SharedBytesMax)
                _zeros = zeros;
        }

        return zeros.AsMemory(0, (int)lengthBytes);
    }
}
