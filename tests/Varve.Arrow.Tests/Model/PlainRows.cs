using System.Collections;
using System.Globalization;
using Varve.Arrow.Values;

namespace Varve.Arrow.Tests.Model;

/// <summary>Compares arrays with the plain objects that they should hold.</summary>
internal static class PlainRows
{
    public static object?[] Of(ArrayData array) => [.. Enumerable.Range(0, array.Length).Select(row => ArrayReader.GetValue(array, row))];

    public static void AssertEqual(object?[] expected, ArrayData actual, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(expected.Count(e => e is null), actual.NullCount);
        for (int row = 0; row < expected.Length; row++)
        {
            object? value = ArrayReader.GetValue(actual, row);
            Assert.True(AreEqual(expected[row], value), $"{what} {actual.Type.Name} row {row}: expected {Show(expected[row])}, found {Show(value)}");
        }
    }

    public static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y) || (double.IsNaN(x) && double.IsNaN(y)),
        (KeyValuePair<object, object?> x, KeyValuePair<object, object?> y) => AreEqual(x.Key, y.Key) && AreEqual(x.Value, y.Value),
        (string x, string y) => x == y,
        (IEnumerable x, IEnumerable y) => x.Cast<object?>().SequenceEqual(y.Cast<object?>(), Comparer),
        _ => a.Equals(b),
    };

    public static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        KeyValuePair<object, object?> pair => $"{Show(pair.Key)}: {Show(pair.Value)}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Show))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static readonly IEqualityComparer<object?> Comparer = EqualityComparer<object?>.Create(AreEqual, _ => 0);
}
