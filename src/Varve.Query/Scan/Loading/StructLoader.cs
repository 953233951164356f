using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Types;

namespace Varve.Query.Scan.Loading;

/// <summary>struct as STRUCT.</summary>
internal sealed unsafe class StructLoader(string[] names, ColumnLoader[] fields) : ColumnLoader
{
    public override string SqlName => $"STRUCT({string.Join(", ", names.Zip(fields, (name, loader) => $"{SqlNames.Show(name)} {loader.SqlName}"))})";

    public override int RowBytes => fields.Sum(f => f.RowBytes);

    public override LogicalTypeHandle CreateType()
    {
        var types = new LogicalTypeHandle[fields.Length];
        var texts = new nint[fields.Length];
        try
        {
            for (int i = 0; i < fields.Length; i++)
            {
                types[i] = fields[i].CreateType();
                texts[i] = Marshal.StringToCoTaskMemUTF8(names[i]);
            }

            nint[] handles = [.. types.Select(t => t.DangerousGetHandle())];
            fixed (nint* members = handles, memberNames = texts)
                return DuckDbApi.duckdb_create_struct_type(members, (byte**)memberNames, (ulong)fields.Length);
        }
        finally
        {
            foreach (LogicalTypeHandle? type in types)
                type?.Dispose();
            foreach (nint text in texts)
                Marshal.FreeCoTaskMem(text);
        }
    }

    public override bool HasLists { get; } = fields.Any(f => f.HasLists);

    public override long ListBytes(ArrayData array, int from, int count)
    {
        long total = 0;
        for (int i = 0; i < fields.Length; i++)
            total += fields[i].ListBytes(array.Children[i], array.Offset + from, count);
        return total;
    }

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            nint child = DuckDbApi.duckdb_struct_vector_get_child(vector, (ulong)i);
            fields[i].Load(array.Children[i], array.Offset + from, count, child, validity, pins);
        }
    }
}
