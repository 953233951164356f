using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Types;

namespace Varve.Query.Sessions;

/// <summary>Gives the placeholders of a prepared statement their values.</summary>
internal static class ParameterBinder
{
    /// <summary>For every parameter of the statement, in its order, the value that was given, as array and row.</summary>
    /// <exception cref="QueryException">The parameters do not fit in number or name.</exception>
    public static IReadOnlyList<BoundParameter> Match(DuckDbStatement statement, QueryParameters? given)
    {
        int count = statement.ParameterCount;
        if (count == 0 && (given is null || given.Batch.Columns.Count == 0))
            return [];
        if (given is null)
            throw Misfit($"the statement has {Placeholders(count)} and no values were given");
        Schema schema = given.Batch.Schema;
        if (schema.Fields.Count != count)
            throw Misfit($"the statement has {Placeholders(count)} and {schema.Fields.Count} values were given");
        string[] names = [.. Enumerable.Range(0, count).Select(statement.ParameterName)];
        if (names.Any(n => n.Length == 0))
            throw Misfit("numbered placeholders must begin at $1 and leave no number out");
        int[] byName = [.. names.Select(n => ByName(schema, n))];
        bool isNamed = byName.All(i => i >= 0);
        return [.. names.Select((n, i) => new BoundParameter(n, given.Batch.Columns[isNamed ? byName[i] : i], given.Row))];
    }

    public static void Bind(DuckDbStatement statement, IReadOnlyList<BoundParameter> parameters)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            using ValueHandle value = SqlValues.Create(parameters[i].Array, parameters[i].Row);
            statement.Bind(i, value);
        }
    }

    private static int ByName(Schema schema, string name)
    {
        int index = schema.IndexOf("$" + name);
        return index >= 0 ? index : schema.IndexOf(name);
    }

    private static string Placeholders(int count) => count == 1 ? "1 placeholder" : $"{count} placeholders";

    private static QueryException Misfit(string message) => new(QueryErrorCode.InvalidParameter, message);
}
