namespace Varve.Arrow.Validation;

/// <summary>Parameters of types that no valid schema has.</summary>
internal static class TypeCheck
{
    public static void Parameters(ColumnCheck check)
    {
        switch (check.Array.Type)
        {
            case DecimalType type when type.Precision < 1 || type.Precision > PrecisionMax(type.BitWidth):
                throw check.Fail($"a precision of 1 to {PrecisionMax(type.BitWidth)}", $"{type.Precision}");
            case DecimalType type when Math.Abs((long)type.Scale) > PrecisionMax(type.BitWidth):
                throw check.Fail($"a scale of {-PrecisionMax(type.BitWidth)} to {PrecisionMax(type.BitWidth)}", $"{type.Scale}");
            case FixedSizeBinaryType { Width: < 0 } type:
                throw check.Fail("a width of 0 or more", $"{type.Width}");
            case FixedSizeListType { Size: < 0 } type:
                throw check.Fail("a size of 0 or more", $"{type.Size}");
            case MapType type when type.Entries.Type is not StructType { Fields.Count: 2 }:
                throw check.Fail("entries of a key and a value", type.Entries.Type.Name);
            case DenseUnionType type:
                throw check.Fail("a type that can be read", type.Name);
            default:
                break;
        }
    }

    /// <summary>The digits that every value of a decimal of this width can have; 0 for a width that there is not.</summary>
    public static int PrecisionMax(int bitWidth) => bitWidth switch { 32 => 9, 64 => 18, 128 => 38, 256 => 76, _ => 0 };
}
