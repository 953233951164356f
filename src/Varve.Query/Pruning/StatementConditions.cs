using System.Text.Json;
using Varve.Query.Native;
using Varve.Query.Pruning.Conditions;
using Varve.Query.Rules;
using Varve.Query.Scan;
using Varve.Query.Sessions;

namespace Varve.Query.Pruning;

/// <summary>
/// Finds what a statement needs of each stream in the plan that DuckDB's own optimizer makes of it, inside the statement's transaction:
/// views, aliases, joins, constant folding and casts are resolved there, so nothing here has to understand SQL.
/// </summary>
internal static class StatementConditions
{
    /// <summary>Streams of fewer rows, in fewer segments, are read whole: reading the plan takes about 0.4 ms.</summary>
    private const int RowCountMin = 2 * 65_536;

    private const int GroupCountMin = 4;

    /// <summary>A plan that is longer is not worth reading: 300 nested lists make megabytes.</summary>
    private const int PlanLengthMax = 4 << 20;

    private static readonly HashSet<string> Narrowing =
        new(["WHERE", "LIMIT", "FETCH", "HAVING", "QUALIFY", "JOIN", "FILTER", "MIN", "MAX"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The condition per stream; none for streams that are needed whole.</summary>
    public static IReadOnlyDictionary<string, Condition> Find(
        SqlSession session, string sql, StatementScope scope, IReadOnlyList<BoundParameter> parameters)
    {
        if (!scope.Views.Any(v => v.EndOffset - v.FirstOffset >= RowCountMin || v.Groups.Count >= GroupCountMin) || !SqlText.HasWord(sql, Narrowing))
            return PlanWalk.Nothing;
        session.PlanReader.BindText(0, sql);
        string plan;
        try
        {
            scope.IsPlanRead = true;
            using DuckDbResult result = session.PlanReader.Execute();
            plan = result.ReadTexts().Single();
        }
        catch (QueryException e) when (e.Code is not (QueryErrorCode.Cancelled or QueryErrorCode.OutOfMemory))
        {
            // The statement itself will say what is wrong with it.
            return PlanWalk.Nothing;
        }
        finally
        {
            scope.IsPlanRead = false;
        }

        if (plan.Length > PlanLengthMax)
            return PlanWalk.Nothing;
        try
        {
            using JsonDocument document = JsonDocument.Parse(plan, new JsonDocumentOptions { MaxDepth = 2000 });
            return PlanWalk.Read(document.RootElement, scope, new PlanConstants(parameters));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            // A plan of a shape not met before, or with NaN in it, which is no JSON: everything is read.
            return PlanWalk.Nothing;
        }
    }
}
