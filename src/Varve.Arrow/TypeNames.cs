using System.Buffers;

namespace Varve.Arrow;

/// <summary>Types and schemas as text that people write and read; <see cref="ArrowType.Name"/> is the one way in which it is written.</summary>
/// <remarks>
/// <code>
/// schema  = field {"," field}
/// field   = name ":" element                     a name in double quotes (doubled within) where it has one of , : &lt; &gt; ( ) [ ] "
/// element = type ["not null"]
/// type    = null | bool | int8 .. int64 | uint8 .. uint64 | float16 | float32 | float64
///         | decimal32(P, S) | decimal64(P, S) | decimal128(P, S) | decimal256(P, S)
///         | utf8 | large_utf8 | utf8_view | binary | large_binary | binary_view | fixed_size_binary[N]
///         | date32 | date64 | time32[U] | time64[U] | timestamp[U] | timestamp[U, ZONE] | duration[U]     U = s | ms | us | ns
///         | interval[year_month] | interval[day_time] | interval[month_day_nano]
///         | list&lt;element&gt; | large_list&lt;element&gt; | fixed_size_list&lt;element&gt;[N]
///         | struct&lt;schema&gt; | map&lt;type, element [, sorted]&gt; | dictionary&lt;type, type [, ordered]&gt;
/// </code>
/// SQL's usual names are read too: boolean, tinyint, smallint, integer, bigint, real, double, decimal(P, S), varchar, text, string, blob, date,
/// time, timestamp, timestamptz. Names of list elements and map parts are not written: read back they are item, entries, key and value.
/// </remarks>
public static class TypeNames
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",:<>()[]\"");

    /// <exception cref="ArrowFormatException">Not a type: says at which character, what was expected and what stands there.</exception>
    public static ArrowType Parse(string text) => new TypeNameParser(text).Type();

    /// <summary>Reads fields such as <c>id: int64 not null, name: utf8</c>. No text is a schema without fields.</summary>
    /// <inheritdoc cref="Parse"/>
    public static Schema ParseSchema(string text) => new TypeNameParser(text).Schema();

    /// <summary>A field's type and nullability.</summary>
    internal static string Of(Field field) => field.IsNullable ? field.Type.Name : field.Type.Name + " not null";

    internal static string Quote(string name) =>
        name.Length == 0 || name.AsSpan().Trim().Length < name.Length || name.AsSpan().ContainsAny(Special)
            ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : name;

    internal static bool IsSpecial(char c) => Special.Contains(c);
}
