using System.Text.Json;

namespace Varve.Query.Pruning;

/// <summary>Names of SQL types as plans write them.</summary>
internal static class PlanTypes
{
    public const string Boolean = "BOOLEAN";
    public const string Text = "VARCHAR";

    /// <summary>
    /// The name under which the column loaders know the type. A type with more to it than a name (a collation, an alias, an element type) gets a name
    /// that equals no other.
    /// </summary>
    public static string Name(JsonElement type)
    {
        string name = type.GetProperty("id").GetString() ?? "";
        if (!type.TryGetProperty("type_info", out JsonElement info) || info.ValueKind == JsonValueKind.Null)
            return name;
        return name == "DECIMAL" && info.TryGetProperty("width", out JsonElement width) && info.TryGetProperty("scale", out JsonElement scale)
            ? $"DECIMAL({width.GetInt32()},{scale.GetInt32()})"
            : name + " with details";
    }

    /// <summary>Digits of a DECIMAL's name, and those behind the point; null for any other type.</summary>
    public static (int Width, int Scale)? Decimal(string name)
    {
        if (!name.StartsWith("DECIMAL(", StringComparison.Ordinal))
            return null;
        int comma = name.IndexOf(',', StringComparison.Ordinal);
        return (int.Parse(name.AsSpan(8..comma)), int.Parse(name.AsSpan((comma + 1)..^1)));
    }
}
