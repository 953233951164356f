using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using System.Reflection;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Client;

/// <summary>
/// How records of a type are rows: each public property is a column. Its name is the property's in snake case (<c>DeviceId</c> is <c>device_id</c>), or what
/// <see cref="ColumnAttribute"/> says; it may be null where the property's type allows that. Stateless; any thread.
/// </summary>
/// <remarks>
/// bool, whole numbers, float, double, string, byte[], <see cref="DateTimeOffset"/> (microseconds, UTC), <see cref="DateOnly"/>, <see cref="TimeSpan"/>
/// (microseconds). Rows are read by the constructor with the most parameters, which are named as the properties, and by setters where it has none.
/// </remarks>
/// <typeparam name="T">A record, class or struct.</typeparam>
public static class RowType<T>
{
    private static readonly PropertyInfo[] Properties =
        [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0)];

    private static readonly ConstructorInfo? Constructor = typeof(T).GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();

    /// <summary>The columns of such rows.</summary>
    /// <exception cref="ArgumentException">A property is of a type that no column has.</exception>
    public static Schema Schema { get; } = new([.. Properties.Select(FieldOf)]);

    /// <summary>The rows as a batch.</summary>
    public static RecordBatch ToBatch(IEnumerable<T> rows)
    {
        RecordBatchBuilder builder = new(Schema);
        object?[] values = new object?[Properties.Length];
        foreach (T row in rows)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Properties[i].GetValue(row);
            builder.AppendRow(values);
        }

        return builder.Build();
    }

    /// <summary>The rows of a batch. Columns are found by name; a property whose column is missing gets its default.</summary>
    /// <exception cref="InvalidCastException">A column is of another type than its property.</exception>
    public static IEnumerable<T> FromBatch(RecordBatch batch)
    {
        ArrayData?[] columns = new ArrayData?[Properties.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            int at = batch.Schema.IndexOf(Schema.Fields[i].Name);
            columns[i] = at < 0 ? null : batch.Columns[at];
        }

        for (int row = 0; row < batch.RowCount; row++)
            yield return Make([.. columns.Select((c, i) => c is null ? null : Value(c, row, Properties[i].PropertyType))]);
    }

    private static T Make(object?[] values)
    {
        ParameterInfo[] parameters = Constructor?.GetParameters() ?? [];
        int[] places = [.. parameters.Select(p => Array.FindIndex(Properties, x => x.Name.Equals(p.Name, StringComparison.OrdinalIgnoreCase)))];
        object made = Constructor is null ? Activator.CreateInstance<T>()!
            : Constructor.Invoke([.. places.Select((place, i) => place < 0 ? null : values[place] ?? Default(parameters[i].ParameterType))]);
        for (int i = 0; i < Properties.Length; i++)
        {
            if (!places.Contains(i) && Properties[i].CanWrite && values[i] is not null)
                Properties[i].SetValue(made, values[i]);
        }

        return (T)made;
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private static Field FieldOf(PropertyInfo property)
    {
        string name = property.GetCustomAttribute<ColumnAttribute>()?.Name ?? SnakeCase(property.Name);
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        bool isNullable = property.PropertyType.IsValueType
            ? type != property.PropertyType
            : new NullabilityInfoContext().Create(property).ReadState != NullabilityState.NotNull;
        return new Field(name, ColumnOf(property, type), isNullable);
    }

    private static ArrowType ColumnOf(PropertyInfo property, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ArrowTypes.Boolean,
        TypeCode.SByte => ArrowTypes.Int8,
        TypeCode.Byte => ArrowTypes.UInt8,
        TypeCode.Int16 => ArrowTypes.Int16,
        TypeCode.UInt16 => ArrowTypes.UInt16,
        TypeCode.Int32 => ArrowTypes.Int32,
        TypeCode.UInt32 => ArrowTypes.UInt32,
        TypeCode.Int64 => ArrowTypes.Int64,
        TypeCode.UInt64 => ArrowTypes.UInt64,
        TypeCode.Single => ArrowTypes.Float32,
        TypeCode.Double => ArrowTypes.Float64,
        TypeCode.String => ArrowTypes.Utf8,
        _ when type == typeof(byte[]) => ArrowTypes.Binary,
        _ when type == typeof(DateTimeOffset) => ArrowTypes.TimestampMicrosUtc,
        _ when type == typeof(DateOnly) => ArrowTypes.Date32,
        _ when type == typeof(TimeSpan) => new DurationType(TimeUnit.Microsecond),
        _ => throw new ArgumentException($"{typeof(T).Name}.{property.Name} is of type {type.Name}, which no column has"),
    };

    private static object? Value(ArrayData column, int row, Type property)
    {
        object? value = ArrayReader.GetValue(column, row);
        Type type = Nullable.GetUnderlyingType(property) ?? property;
        if (value is null || value.GetType() == type)
            return value;
        if (column.Type is TimestampType { Unit: TimeUnit.Microsecond } && type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddTicks((long)value * TimeSpan.TicksPerMicrosecond);
        if (column.Type is DateType && type == typeof(DateOnly))
            return DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(Convert.ToInt32(value, CultureInfo.InvariantCulture));
        if (column.Type is DurationType { Unit: TimeUnit.Microsecond } && type == typeof(TimeSpan))
            return new TimeSpan((long)value * TimeSpan.TicksPerMicrosecond);
        return column.Type is IntegerType or FloatType && type.IsPrimitive
            ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture)
            : throw new InvalidCastException($"a column of {column.Type.Name} does not fit {typeof(T).Name}'s {type.Name}");
    }

    private static string SnakeCase(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins)
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
