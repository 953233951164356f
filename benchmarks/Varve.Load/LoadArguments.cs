using System.Globalization;

namespace Varve.Load;

/// <summary>The arguments of a scenario, as <c>name=value</c>.</summary>
internal sealed class LoadArguments(IReadOnlyDictionary<string, string> values)
{
    /// <exception cref="FormatException">An argument has no value.</exception>
    public static LoadArguments Parse(IEnumerable<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            int at = argument.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                throw new FormatException($"'{argument}': expected name=value");
            values[argument[..at]] = argument[(at + 1)..];
        }

        return new LoadArguments(values);
    }

    public string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise) =>
        values.TryGetValue(name, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
