using System.Numerics;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of numbers of one width. Used by one thread.</summary>
public abstract class NumberBuilder<T> : ArrayBuilder
    where T : unmanaged, INumber<T>
{
    private readonly BuilderBytes _values = new();

    private protected NumberBuilder(ArrowType type)
        : base(type)
    {
    }

    public void Append(T value)
    {
        _values.Append(value);
        Added();
    }

    public void Append(ReadOnlySpan<T> values)
    {
        foreach (T value in values)
            Append(value);
    }

    private protected override void AppendEmpty() => _values.Append(default(T));

    private protected override void AppendObject(object value)
    {
        try
        {
            Append(value switch
            {
                T exact => exact,
                sbyte number => T.CreateChecked(number),
                byte number => T.CreateChecked(number),
                short number => T.CreateChecked(number),
                ushort number => T.CreateChecked(number),
                int number => T.CreateChecked(number),
                uint number => T.CreateChecked(number),
                long number => T.CreateChecked(number),
                ulong number => T.CreateChecked(number),
                float number when Type.Id == ArrowTypeId.Float => T.CreateChecked(number),
                double number when Type.Id == ArrowTypeId.Float => T.CreateChecked(number),
                _ => throw Misfit(value),
            });
        }
        catch (OverflowException)
        {
            throw Misfit(value, "a number in range");
        }
    }

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}

/// <summary>Builds int8.</summary>
public sealed class Int8Builder() : NumberBuilder<sbyte>(ArrowTypes.Int8);

/// <summary>Builds int16.</summary>
public sealed class Int16Builder() : NumberBuilder<short>(ArrowTypes.Int16);

/// <summary>Builds int32.</summary>
public sealed class Int32Builder() : NumberBuilder<int>(ArrowTypes.Int32);

/// <summary>Builds int64.</summary>
public sealed class Int64Builder() : NumberBuilder<long>(ArrowTypes.Int64);

/// <summary>Builds uint8.</summary>
public sealed class UInt8Builder() : NumberBuilder<byte>(ArrowTypes.UInt8);

/// <summary>Builds uint16.</summary>
public sealed class UInt16Builder() : NumberBuilder<ushort>(ArrowTypes.UInt16);

/// <summary>Builds uint32.</summary>
public sealed class UInt32Builder() : NumberBuilder<uint>(ArrowTypes.UInt32);

/// <summary>Builds uint64.</summary>
public sealed class UInt64Builder() : NumberBuilder<ulong>(ArrowTypes.UInt64);

/// <summary>Builds float16.</summary>
public sealed class Float16Builder() : NumberBuilder<Half>(ArrowTypes.Float16);

/// <summary>Builds float32.</summary>
public sealed class Float32Builder() : NumberBuilder<float>(ArrowTypes.Float32);

/// <summary>Builds float64.</summary>
public sealed class Float64Builder() : NumberBuilder<double>(ArrowTypes.Float64);
