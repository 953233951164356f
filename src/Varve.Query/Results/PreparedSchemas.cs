using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>What a prepared statement tells of its parameters and its result before it runs.</summary>
internal static class PreparedSchemas
{
    /// <summary>One field per placeholder; of the null type where nothing tells the type.</summary>
    public static Schema Parameters(DuckDbStatement statement)
    {
        var fields = new Field[statement.ParameterCount];
        for (int i = 0; i < fields.Length; i++)
        {
            string name = "$" + statement.ParameterName(i);
            using LogicalTypeHandle type = statement.ParameterType(i);
            fields[i] = new Field(name, IsKnown(type) ? ResultColumns.Create(name, type).Type : ArrowTypes.Null);
        }

        return new Schema(fields);
    }

    /// <summary>The result's columns, or null where a parameter's type, which is not known, decides them.</summary>
    public static Schema? Result(DuckDbStatement statement)
    {
        var fields = new Field[statement.ColumnCount];
        for (int i = 0; i < fields.Length; i++)
        {
            string name = statement.ColumnName(i);
            using LogicalTypeHandle type = statement.ColumnType(i);
            if (!IsKnown(type))
                return null;
            fields[i] = new Field(name, ResultColumns.Create(name, type).Type);
        }

        return new Schema(fields);
    }

    private static bool IsKnown(LogicalTypeHandle type) =>
        !type.IsInvalid && DuckDbApi.duckdb_get_type_id(type) is not (DuckDbTypeId.Invalid or DuckDbTypeId.Any);
}
