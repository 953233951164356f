using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan.Dictionaries;

/// <summary>
/// Carries rows of codes into vectors of DuckDB's, which become ones of codes into the dictionary, whose values DuckDB then keeps alive itself. Where it
/// cannot reuse the dictionary and all values are short, their structs are copied row by row: that is quicker then. For one thread.
/// </summary>
/// <param name="columnCount">Columns of the scan.</param>
/// <param name="reuse">Whether reusable dictionaries may be made.</param>
internal sealed unsafe class DictionaryFiller(int columnCount, bool reuse)
{
    private readonly (ArrayData? Values, DictionaryVector? Vector)[] _last = new (ArrayData?, DictionaryVector?)[columnCount];

    /// <param name="column">Whose values they are.</param>
    /// <param name="array">Codes of 16 or 32 bits, with their dictionary.</param>
    /// <param name="window">Which rows.</param>
    /// <param name="vector">A fresh vector of the column's type.</param>
    public void Fill(ScanColumn column, ArrayData array, RowWindow window, nint vector)
    {
        DictionaryVector dictionary = Dictionary(column, array.Dictionary!);
        if (array.Type.ByteWidth == sizeof(ushort))
            Fill<ushort>(dictionary, array, window, vector);
        else
            Fill<uint>(dictionary, array, window, vector);
    }

    private DictionaryVector Dictionary(ScanColumn column, ArrayData values)
    {
        ref (ArrayData? Values, DictionaryVector? Vector) last = ref _last[column.Index];
        if (!ReferenceEquals(last.Values, values))
            last = (values, DictionaryVector.Of(values, column.Loader, reuse));
        return last.Vector!;
    }

    private static void Fill<T>(DictionaryVector dictionary, ArrayData array, RowWindow window, nint vector)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> codes = MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
        if (dictionary is { ArePlaced: true, IsReusable: false })
        {
            CopyStructs(dictionary, array, codes, window, vector);
            return;
        }

        using SelectionHandle selection = DuckDbApi.duckdb_create_selection_vector((ulong)window.Count);
        var target = new Span<uint>(DuckDbApi.duckdb_selection_vector_get_data_ptr(selection), window.Count);
        if (window.IsRun)
            Widen(codes.Slice(window.From, window.Count), target);
        else
            Choose(codes, window.Rows, target);
        if (array.NullCount > 0)
            ReplaceNulls(array, window, (uint)dictionary.NullCode, target);
        dictionary.Slice(vector, selection, target);
    }

    private static void CopyStructs<T>(DictionaryVector dictionary, ArrayData array, ReadOnlySpan<T> codes, RowWindow window, nint vector)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<NativeString> strings = dictionary.Strings;
        var target = new Span<NativeString>(DuckDbApi.duckdb_vector_get_data(vector), window.Count);
        if (window.IsRun)
        {
            ReadOnlySpan<T> run = codes.Slice(window.From, window.Count);
            for (int i = 0; i < run.Length; i++)
                target[i] = strings[int.CreateTruncating(run[i])];
        }
        else
        {
            for (int i = 0; i < target.Length; i++)
                target[i] = strings[int.CreateTruncating(codes[window.Rows[i]])];
        }

        if (array.NullCount > 0)
            ColumnLoader.LoadValidity(array, window, vector);
    }

    private static void Choose<T>(ReadOnlySpan<T> codes, ReadOnlySpan<int> rows, Span<uint> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < rows.Length; i++)
            target[i] = uint.CreateTruncating(codes[rows[i]]);
    }

    private static void Widen<T>(ReadOnlySpan<T> codes, Span<uint> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (typeof(T) == typeof(uint))
        {
            MemoryMarshal.Cast<T, uint>(codes).CopyTo(target);
            return;
        }

        ReadOnlySpan<ushort> narrow = MemoryMarshal.Cast<T, ushort>(codes);
        int whole = narrow.Length - (narrow.Length % Vector256<ushort>.Count);
        for (int i = 0; i < whole; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Create(narrow[i..]));
            lower.CopyTo(target[i..]);
            upper.CopyTo(target[(i + Vector256<uint>.Count)..]);
        }

        for (int i = whole; i < narrow.Length; i++)
            target[i] = narrow[i];
    }

    private static void ReplaceNulls(ArrayData array, RowWindow window, uint nullCode, Span<uint> target)
    {
        ReadOnlySpan<byte> validity = array.Validity;
        for (int i = 0; i < target.Length; i++)
        {
            if (!Bitmap.IsSet(validity, array.Offset + (window.IsRun ? window.From + i : window.Rows[i])))
                target[i] = nullCode;
        }
    }
}
