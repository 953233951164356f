using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Query.Types;

/// <summary>
/// Gives columns the types of a target's columns of the same name. SQL has one type where Arrow has several (VARCHAR for utf8, large_utf8 and
/// utf8_view), and a result leaves as one of them; the target may have another. Immutable.
/// </summary>
public sealed class TargetColumns
{
    private readonly ArrowType[] _wanted;

    /// <param name="found">The columns as they leave SQL.</param>
    /// <param name="target">Null: they stay as they are.</param>
    public TargetColumns(Schema found, Schema? target)
    {
        _wanted = [.. found.Fields.Select(f => WantedType(f, target))];
        Schema = new Schema([.. found.Fields.Select((f, i) => new Field(f.Name, _wanted[i]))]);
    }

    /// <summary>The columns as they come out.</summary>
    public Schema Schema { get; }

    /// <exception cref="QueryException">A value does not fit the target's type.</exception>
    public RecordBatch Fit(RecordBatch batch)
    {
        var columns = new ArrayData[_wanted.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            try
            {
                columns[i] = As(_wanted[i], batch.Columns[i]);
            }
            catch (ArgumentException e)
            {
                throw new QueryException(QueryErrorCode.InvalidValue, $"column '{Schema.Fields[i].Name}': {e.Message}", e);
            }
        }

        return new RecordBatch(Schema, batch.RowCount, columns);
    }

    /// <summary>The target's type where the column was read as its SQL type; types that SQL cannot hold were not.</summary>
    private static ArrowType WantedType(Field found, Schema? target)
    {
        int index = target?.IndexOf(found.Name) ?? -1;
        return index >= 0 && StreamSqlMapping.Describe(new Schema([target!.Fields[index]]))[0].SqlType is not null
            ? target.Fields[index].Type
            : found.Type;
    }

    private static ArrayData As(ArrowType wanted, ArrayData found)
    {
        if (wanted.Equals(found.Type))
            return found;
        if (HasSameLayout(wanted, found.Type))
            return new ArrayData(wanted, found.Length, found.NullCount, found.Buffers, offset: found.Offset);
        ArrayBuilder builder = ArrayBuilder.Create(wanted);
        for (int row = 0; row < found.Length; row++)
            builder.AppendValue(Convert(wanted, ArrayReader.GetValue(found, row)));
        return builder.Build();
    }

    private static bool HasSameLayout(ArrowType wanted, ArrowType found) => (wanted, found) switch
    {
        (TimestampType a, TimestampType b) => a.Unit == b.Unit,
        (DateType { Unit: DateUnit.Millisecond }, TimestampType { Unit: TimeUnit.Millisecond }) => true,
        (DurationType { Unit: TimeUnit.Nanosecond }, IntegerType { BitWidth: 64 }) => true,
        _ => false,
    };

    /// <summary>What a builder of the wanted type takes, from the value that SQL's type gave.</summary>
    private static object? Convert(ArrowType wanted, object? value) => (wanted, value) switch
    {
        (FloatType { BitWidth: 16 }, float number) => (Half)number,
        (TimestampType { Unit: TimeUnit.Second }, long micros) => Whole(micros, 1_000_000, wanted),
        (TimestampType { Unit: TimeUnit.Millisecond }, long micros) => Whole(micros, 1000, wanted),
        (TimeType { Unit: TimeUnit.Second }, long micros) => (int)Whole(micros, 1_000_000, wanted),
        (TimeType { Unit: TimeUnit.Millisecond }, long micros) => (int)Whole(micros, 1000, wanted),
        (DurationType duration, IntervalValue interval) => Duration(duration, interval),
        (ListType or LargeListType or FixedSizeListType, object?[] elements) => elements.Select(e => Convert(wanted.Children[0].Type, e)).ToArray(),
        (StructType record, object?[] fields) => fields.Select((f, i) => Convert(record.Fields[i].Type, f)).ToArray(),
        (MapType map, KeyValuePair<object, object?>[] entries) => entries.Select(e => Entry(map.Entries.Type, e)).ToArray(),
        _ => value,
    };

    private static KeyValuePair<object, object?> Entry(ArrowType type, KeyValuePair<object, object?> entry) =>
        new(Convert(type.Children[0].Type, entry.Key)!, Convert(type.Children[1].Type, entry.Value));

    private static long Duration(DurationType type, IntervalValue interval)
    {
        if (interval.Months != 0)
            throw new ArgumentException($"the interval {interval} has months, which are no fixed time, and {type.Name} is one");
        long nanos = checked((interval.Days * 86_400_000_000_000L) + interval.Nanoseconds);
        return Whole(nanos, type.Unit switch { TimeUnit.Second => 1_000_000_000, TimeUnit.Millisecond => 1_000_000, _ => 1000 }, type);
    }

    private static long Whole(long value, long divisor, ArrowType type) => value % divisor == 0
        ? value / divisor
        : throw new ArgumentException($"{value} is no whole number of {divisor}, and {type.Name} has nothing smaller");
}
