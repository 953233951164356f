using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan;

/// <summary>The columns of a scan over a stream: the free one, the user's as far as SQL holds their types, offset and time. Immutable.</summary>
internal static class ScanColumns
{
    private static readonly ScanColumn Any = new(SystemColumns.Any, ScanColumnKind.Any, -1, new FixedLoader(DuckDbTypeId.UTinyInt, "UTINYINT", 1));
    private static readonly ScanColumn Offset = new(
        SystemColumns.Offset, ScanColumnKind.Offset, -1, new FixedLoader(DuckDbTypeId.BigInt, "BIGINT", 8));

    private static readonly ScanColumn Time = new(
        SystemColumns.Time, ScanColumnKind.Time, -1, new FixedLoader(DuckDbTypeId.TimestampTz, "TIMESTAMP WITH TIME ZONE", 8));

    private static readonly ConditionalWeakTable<Schema, ScanColumn[]> Known = [];

    /// <summary>Made once per schema object, of which a stream has one per version.</summary>
    public static ScanColumn[] Of(Schema schema) => Known.GetValue(schema, Create);

    private static ScanColumn[] Create(Schema schema)
    {
        List<ScanColumn> columns = [Any];
        var budget = new ArrayBudget();
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            if (ColumnLoaders.TryCreate(schema.Fields[i].Type, budget, out _) is { } loader)
                columns.Add(new ScanColumn(schema.Fields[i].Name, ScanColumnKind.Stored, i, loader));
        }

        return [.. columns, Offset, Time];
    }
}
