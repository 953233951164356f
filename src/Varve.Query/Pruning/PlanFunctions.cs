using System.Text.Json;
using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Pruning;

/// <summary>
/// Reads the functions of text that DuckDB makes of LIKE: prefix, suffix and contains where the pattern allows it, else LIKE itself. All of them
/// compare bytes; <c>_</c> stands for one character of UTF-8.
/// </summary>
internal static class PlanFunctions
{
    /// <inheritdoc cref="PlanExpressions.When"/>
    public static Condition When(bool wanted, JsonElement expression, PlanColumn?[] outputs, PlanConstants constants)
    {
        JsonElement[] arguments = [.. expression.GetProperty("children").EnumerateArray()];
        if (arguments.Length < 2 || PlanExpressions.Reference(arguments[0], outputs) is not { Type: PlanTypes.Text, Column: { } column }
            || constants.Read(arguments[1]) is not { Type: PlanTypes.Text, Value: { } text })
        {
            return Condition.Always;
        }

        byte? escape = null;
        if (arguments.Length == 3)
        {
            if (constants.Read(arguments[2]) is not { Type: PlanTypes.Text, Value: { Bytes.Length: 1 } given })
                return Condition.Always;
            escape = given.Bytes[0];
        }

        (TextPattern? pattern, bool matches) = (expression.GetProperty("name").GetString(), arguments.Length) switch
        {
            ("prefix" or "starts_with" or "^@", 2) => (TextPattern.BeginsWith(text.Bytes), true),
            ("suffix" or "ends_with", 2) => (TextPattern.EndsWith(text.Bytes), true),
            ("contains", 2) => (TextPattern.Contains(text.Bytes), true),
            ("~~", 2) or ("like_escape", 3) => (TextPattern.Like(text.Bytes, escape), true),
            ("!~~", 2) or ("not_like_escape", 3) => (TextPattern.Like(text.Bytes, escape), false),
            _ => (null, true),
        };
        return pattern is null ? Condition.Always : new TextMatch(column, pattern, matches == wanted);
    }
}
