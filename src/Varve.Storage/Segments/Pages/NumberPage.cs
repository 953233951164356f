using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Pages;

/// <summary>Values of 1 to 8 bytes that are numbers or count something: one vector. float16 is kept by its bits.</summary>
internal static class NumberPage
{
    public static void Write(ArrayData array, scoped RowNulls nulls, PageWriter writer)
    {
        switch (array.Type)
        {
            case FloatType { BitWidth: 32 }:
                writer.Count((long)array.Length * sizeof(float));
                Reals<float>(Values<float>(array), nulls, writer);
                break;
            case FloatType { BitWidth: 64 }:
                writer.Count((long)array.Length * sizeof(double));
                Reals<double>(Values<double>(array), nulls, writer);
                break;
            case IntegerType { BitWidth: 8, IsSigned: true }:
                Integers<sbyte>(array, nulls, writer);
                break;
            case IntegerType { BitWidth: 8 }:
                Integers<byte>(array, nulls, writer);
                break;
            case IntegerType { BitWidth: 16, IsSigned: true }:
                Integers<short>(array, nulls, writer);
                break;
            case IntegerType { BitWidth: 16 } or FloatType { BitWidth: 16 }:
                Integers<ushort>(array, nulls, writer);
                break;
            case IntegerType { BitWidth: 32, IsSigned: false }:
                Integers<uint>(array, nulls, writer);
                break;
            case IntegerType { BitWidth: 64, IsSigned: false }:
                Integers<ulong>(array, nulls, writer);
                break;
            case { ByteWidth: 4 }:
                Integers<int>(array, nulls, writer);
                break;
            case { ByteWidth: 8 }:
                Integers<long>(array, nulls, writer);
                break;
            default:
                throw new NotSupportedException($"pages of {array.Type.Name}");
        }
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        Memory<byte> values = reader.Lend((long)nulls.RowCount * type.ByteWidth);
        switch (type)
        {
            case FloatType { BitWidth: 32 }:
                Span<float> floats = MemoryMarshal.Cast<byte, float>(values.Span);
                reader.Reals(floats[..nulls.ValueCount]);
                nulls.Unpack(floats);
                break;
            case FloatType { BitWidth: 64 }:
                Span<double> doubles = MemoryMarshal.Cast<byte, double>(values.Span);
                reader.Reals(doubles[..nulls.ValueCount]);
                nulls.Unpack(doubles);
                break;
            case { ByteWidth: 1 }:
                Integers<byte>(values.Span, nulls, ref reader);
                break;
            case { ByteWidth: 2 }:
                Integers<ushort>(values.Span, nulls, ref reader);
                break;
            case { ByteWidth: 4 }:
                Integers<uint>(values.Span, nulls, ref reader);
                break;
            case { ByteWidth: 8 }:
                Integers<ulong>(values.Span, nulls, ref reader);
                break;
            default:
                throw new NotSupportedException($"pages of {type.Name}");
        }

        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, values]);
    }

    /// <summary>One vector of values that were taken out of their rows; the span is written to.</summary>
    public static void WritePacked<T>(Span<T> rows, scoped RowNulls nulls, PageWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => writer.Integers(nulls.Pack(rows));

    private static void Integers<T>(ArrayData array, scoped RowNulls nulls, PageWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        writer.Count((long)array.Length * Unsafe.SizeOf<T>());
        ReadOnlySpan<T> values = Values<T>(array);
        if (nulls.Form == NullForm.None)
        {
            writer.Integers(values);
            return;
        }

        T[] rows = ArrayPool<T>.Shared.Rent(values.Length);
        values.CopyTo(rows);
        WritePacked(rows.AsSpan(0, values.Length), nulls, writer);
        ArrayPool<T>.Shared.Return(rows);
    }

    private static void Reals<T>(ReadOnlySpan<T> values, scoped RowNulls nulls, PageWriter writer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (nulls.Form == NullForm.None)
        {
            writer.Reals(values);
            return;
        }

        T[] rows = ArrayPool<T>.Shared.Rent(values.Length);
        values.CopyTo(rows);
        writer.Reals(nulls.Pack(rows.AsSpan(0, values.Length)));
        ArrayPool<T>.Shared.Return(rows);
    }

    private static void Integers<T>(Span<byte> values, scoped RowNulls nulls, ref PageReader reader)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> rows = MemoryMarshal.Cast<byte, T>(values);
        reader.Integers(rows[..nulls.ValueCount]);
        nulls.Unpack(rows);
    }

    private static ReadOnlySpan<T> Values<T>(ArrayData array)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
}
