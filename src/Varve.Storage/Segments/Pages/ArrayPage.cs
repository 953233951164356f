using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments.Pages;

/// <summary>
/// Any array as bytes, and back: nulls (<see cref="RowNulls"/>), then what the type's layout asks for. What is decoded has the type that was asked
/// for, offset 0, and no more than its rows. Text is taken for valid UTF-8, as it was when it was appended: the page's seal says that it is the same.
/// <code>
/// null                       nothing at all
/// bool                       bits
/// int, date, time, ...       <see cref="NumberPage"/>
/// decimal                    <see cref="DecimalPage"/>
/// interval                   <see cref="IntervalPage"/>
/// utf8, binary, ..., views   <see cref="BytesPage"/>
/// fixed_size_binary          <see cref="FixedBytesPage"/>
/// list, large_list, map      <see cref="ListPage"/>
/// fixed_size_list, struct    the children, see <see cref="ChildrenPage"/>
/// </code>
/// </summary>
internal static class ArrayPage
{
    /// <summary>Types deeper than what streams can have are not followed.</summary>
    private const int DepthMax = 64;

    /// <exception cref="ArgumentException">The array is larger than a page may be.</exception>
    public static void Write(ArrayData array, PageWriter writer)
    {
        ArrowType type = array.Type;
        if (type is NullType || array.Length == 0)
            return;
        RowNulls nulls = RowNulls.Write(array, writer);
        if (nulls.Form == NullForm.All)
        {
            writer.Count(array.Length * ArraySize.NullBytes(type));
            return;
        }

        switch (type)
        {
            case BooleanType:
                BooleanPage.Write(array, writer);
                break;
            case DecimalType { BitWidth: > 64 }:
                DecimalPage.Write(array, nulls, writer);
                break;
            case IntervalType:
                IntervalPage.Write(array, nulls, writer);
                break;
            case Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType or Utf8ViewType or BinaryViewType:
                BytesPage.Write(array, nulls, writer);
                break;
            case FixedSizeBinaryType:
                FixedBytesPage.Write(array, nulls, writer);
                break;
            case ListType or LargeListType or MapType:
                ListPage.Write(array, writer);
                break;
            case FixedSizeListType or StructType:
                ChildrenPage.Write(array, writer);
                break;
            default:
                NumberPage.Write(array, nulls, writer);
                break;
        }
    }

    /// <exception cref="PageFormatException">The page holds no such array.</exception>
    /// <exception cref="Encoding.VectorFormatException">As above.</exception>
    public static ArrayData Read(ArrowType type, int rowCount, ref PageReader reader) => Read(type, rowCount, ref reader, 0);

    internal static ArrayData Read(ArrowType type, int rowCount, ref PageReader reader, int depth)
    {
        if (depth > DepthMax)
            throw new PageFormatException($"its type is nested more than {DepthMax} levels deep");
        if (type is NullType || rowCount == 0)
            return ColumnAppender.Nulls(type, rowCount);
        RowNulls nulls = RowNulls.Read(ref reader, rowCount);
        if (nulls.Form == NullForm.All)
        {
            reader.Charge(rowCount * ArraySize.NullBytes(type));
            return ColumnAppender.Nulls(type, rowCount);
        }

        return type switch
        {
            BooleanType => BooleanPage.Read(type, nulls, ref reader),
            DecimalType { BitWidth: > 64 } => DecimalPage.Read(type, nulls, ref reader),
            IntervalType => IntervalPage.Read(type, nulls, ref reader),
            Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType => BytesPage.Read(type, nulls, ref reader),
            Utf8ViewType or BinaryViewType => BytesPage.ReadViews(type, nulls, ref reader),
            FixedSizeBinaryType => FixedBytesPage.Read(type, nulls, ref reader),
            ListType or LargeListType or MapType => ListPage.Read(type, nulls, ref reader, depth),
            FixedSizeListType or StructType => ChildrenPage.Read(type, nulls, ref reader, depth),
            _ => NumberPage.Read(type, nulls, ref reader),
        };
    }
}
