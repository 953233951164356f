using Varve.Arrow;

namespace Varve.Storage.Streams;

/// <summary>Which types a column of a stream may have, and how much room a null of each takes.</summary>
internal static class TypeRules
{
    /// <summary>Levels of nesting.</summary>
    public const int DepthMax = 32;

    /// <summary>
    /// What one value of fixed size may take, null or not. Without a bound, a null in such a column could be made to take any amount of memory.
    /// </summary>
    public const int FixedValueBytesMax = 64 << 10;

    /// <summary>Why a column cannot have this type, or null if it can. Dictionaries are judged by their values, which is what is kept.</summary>
    public static string? Problem(ArrowType type) => Problem(type, 1) ?? (NullBytes(type) > FixedValueBytesMax
        ? $"one value of {type.Name} takes {NullBytes(type)} bytes, at most {FixedValueBytesMax} are possible; use binary or list"
        : null);

    /// <summary>
    /// Bytes that a null takes in the memory of a column: the width of a fixed value, an offset, a view, or those of all children. At least 1,
    /// so that rows and elements that take no memory by themselves are bounded too.
    /// </summary>
    public static long NullBytes(ArrowType type) => type switch
    {
        NullType or BooleanType => 1,
        Utf8Type or BinaryType or ListType or MapType => 4,
        LargeUtf8Type or LargeBinaryType or LargeListType => 8,
        Utf8ViewType or BinaryViewType => 16,
        FixedSizeListType list => Math.Max(1, Saturated(list.Size, NullBytes(list.Element.Type))),
        StructType record => Math.Max(1, record.Fields.Sum(f => Math.Min(NullBytes(f.Type), int.MaxValue))),
        DictionaryType dictionary => NullBytes(dictionary.ValueType),
        _ => Math.Max(1, type.ByteWidth),
    };

    /// <summary>Whether arrays of the type refer to bytes elsewhere.</summary>
    public static bool HasViews(ArrowType type) => type is Utf8ViewType or BinaryViewType || type.Children.Any(f => HasViews(f.Type));

    private static string? Problem(ArrowType type, int depth)
    {
        if (depth > DepthMax)
            return $"it is nested more than {DepthMax} levels deep";
        if (ParameterProblem(type) is { } problem)
            return problem;
        if (type is DictionaryType dictionary)
            return Problem(dictionary.ValueType, depth + 1);
        foreach (Field child in type.Children)
        {
            if (Problem(child.Type, depth + 1) is { } inner)
                return inner;
        }

        return null;
    }

    private static string? ParameterProblem(ArrowType type)
    {
        bool fits = type switch
        {
            IntegerType integer => integer.BitWidth is 8 or 16 or 32 or 64,
            FloatType number => number.BitWidth is 16 or 32 or 64,
            DecimalType number => DigitsOf(number.BitWidth) is { } digits && number.Precision >= 1 && number.Precision <= digits,
            FixedSizeBinaryType binary => binary.Width >= 0,
            FixedSizeListType list => list.Size >= 0,
            TimestampType { TimeZone.Length: > 255 } => false,
            MapType map => map.Entries is { IsNullable: false, Type: StructType { Fields: [{ IsNullable: false }, _] } },
            DenseUnionType => false,
            _ => true,
        };
        return fits ? null : $"{type.Name} is not a type that a column can have";
    }

    private static int? DigitsOf(int bitWidth) => bitWidth switch { 32 => 9, 64 => 18, 128 => 38, 256 => 76, _ => null };

    private static long Saturated(long count, long bytes) => bytes == 0 || count <= int.MaxValue / bytes ? count * bytes : int.MaxValue;
}
