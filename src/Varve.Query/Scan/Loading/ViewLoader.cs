using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// utf8_view and binary_view. A short value lies in the view as in DuckDB's struct; a long one gets a pointer for its buffer and place.
/// </summary>
internal sealed unsafe class ViewLoader(DuckDbTypeId type, string sqlName) : ColumnLoader
{
    public override string SqlName => sqlName;

    public override int RowBytes => sizeof(NativeString);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<View> views = MemoryMarshal.Cast<byte, View>(array.Buffers[1].Span).Slice(array.Offset + from, count);
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        int buffer = -1;
        byte* bytes = null;
        for (int i = 0; i < views.Length; i++)
        {
            View view = views[i];
            if (!IsValid(validity, i))
            {
                target[i] = default;
            }
            else if (view.Length <= NativeString.InlineBytes)
            {
                NativeString.WriteReadable(target + i, (byte*)&view + 4, view.Length);
            }
            else if (pins is null)
            {
                fixed (byte* lent = array.Buffers[2 + view.Buffer].Span.Slice(view.Offset, view.Length))
                    DuckDbApi.duckdb_unsafe_vector_assign_string_element_len(vector, (ulong)i, lent, (ulong)view.Length);
            }
            else
            {
                if (view.Buffer != buffer)
                {
                    buffer = view.Buffer;
                    bytes = pins.Pin(array, 2 + buffer);
                }

                NativeString.WriteReadable(target + i, bytes + view.Offset, view.Length);
            }
        }
    }

    /// <summary>Arrow's 16 bytes: length, then the value itself or its first 4 bytes, the index of its buffer and its place there.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct View(int Length, int Prefix, int Buffer, int Offset);
}
