using Varve.Arrow;
using Varve.Arrow.Values;

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
    public static string? Problem(ArrowType type) => Problem(type, 1) ?? (ArraySize.NullBytes(type) > FixedValueBytesMax
        ? $"one value of {type.Name} takes {ArraySize.NullBytes(type)} bytes, at most {FixedValueBytesMax} are possible; use binary or list"
        : null);

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
}
