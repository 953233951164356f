using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan;

/// <summary>The columns of a scan over a stream: the free one, the user's as far as SQL holds their types, offset and time. Immutable.</summary>
internal static class ScanColumns
{
    private static readonly FixedLoader Any = new(DuckDbTypeId.UTinyInt, "UTINYINT", 1);
    private static readonly FixedLoader Offset = new(DuckDbTypeId.BigInt, "BIGINT", 8);
    private static readonly FixedLoader Time = new(DuckDbTypeId.TimestampTz, "TIMESTAMP WITH TIME ZONE", 8);

    private static readonly ConditionalWeakTable<Schema, ScanColumn[]> Known = [];

    /// <summary>Made once per schema object, of which a stream has one per version.</summary>
    public static ScanColumn[] Of(Schema schema) => Known.GetValue(schema, Create);

    private static ScanColumn[] Create(Schema schema)
    {
        List<ScanColumn> columns = [new(SystemColumns.Any, ScanColumnKind.Any, 0, -1, ArrowTypes.UInt8, Any)];
        var budget = new ArrayBudget();
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            Field field = schema.Fields[i];
            if (ColumnLoaders.TryCreate(field.Type, budget, out _) is { } loader)
                columns.Add(new ScanColumn(field.Name, ScanColumnKind.Stored, columns.Count, i, field.Type, loader));
        }

        columns.Add(new ScanColumn(SystemColumns.Offset, ScanColumnKind.Offset, columns.Count, -1, ArrowTypes.Int64, Offset));
        columns.Add(new ScanColumn(SystemColumns.Time, ScanColumnKind.Time, columns.Count, -1, ArrowTypes.TimestampMicrosUtc, Time));
        return [.. columns];
    }
}
