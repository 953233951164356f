using Varve.Query.Native;

namespace Varve.Query.Scan.Dictionaries;

/// <summary>
/// Whether DuckDB's reusable dictionaries may be used: the library that was loaded is byte for byte the one that they are known in, and a trial gave what
/// it should. Found out once per process, when first asked. Where they may not be used, dictionaries are plain vectors. Thread-safe.
/// </summary>
internal static unsafe class ReusableDictionaries
{
    private static readonly Lazy<string?> Found = new(() => KnownLibrary.Problem ?? Try());

    public static bool AreUsable => Found.Value is null;

    /// <summary>Why they may not be used; null where they may.</summary>
    public static string? Problem => Found.Value;

    /// <summary>A short text, a long one and a null, each where its code is; and an owner more as long as a vector uses them.</summary>
    private static string? Try()
    {
        ReadOnlySpan<byte> shortText = "short"u8;
        ReadOnlySpan<byte> longText = "a text too long to be held in place"u8;
        ReadOnlySpan<uint> codes = [1, 0, 2, 1];
        using LogicalTypeHandle type = DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Varchar);
        var dictionary = new ReusableDictionary(type, 3);
        Assign(dictionary.Values, 0, shortText);
        Assign(dictionary.Values, 1, longText);
        DuckDbApi.duckdb_vector_ensure_validity_writable(dictionary.Values);
        *DuckDbApi.duckdb_vector_get_validity(dictionary.Values) &= ~0b100UL;
        using VectorHandle copied = DuckDbApi.duckdb_create_vector(type, (ulong)codes.Length);
        int ownersWhileUsed;
        using (VectorHandle used = DuckDbApi.duckdb_create_vector(type, (ulong)codes.Length))
        {
            using SelectionHandle selection = Selection(codes);
            using SelectionHandle all = Selection([0, 1, 2, 3]);
            dictionary.Use(used.DangerousGetHandle(), selection);
            ownersWhileUsed = dictionary.OwnerCount;
            DuckDbApi.duckdb_vector_copy_sel(used, copied, all, (ulong)codes.Length, 0, 0);
        }

        nint vector = copied.DangerousGetHandle();
        var texts = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        ulong* validity = DuckDbApi.duckdb_vector_get_validity(vector);
        bool isRight = validity != null && (*validity & 0b1111) == 0b1011 && NativeString.Text(texts).SequenceEqual(longText)
            && NativeString.Text(texts + 1).SequenceEqual(shortText) && NativeString.Text(texts + 3).SequenceEqual(longText);
        return !isRight ? "a trial gave other texts"
            : (ownersWhileUsed, dictionary.OwnerCount) is (2, 1) ? null
            : $"a trial had {ownersWhileUsed} owners and {dictionary.OwnerCount} afterwards, not 2 and 1";
    }

    private static void Assign(nint vector, ulong row, ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
            DuckDbApi.duckdb_unsafe_vector_assign_string_element_len(vector, row, bytes, (ulong)text.Length);
    }

    private static SelectionHandle Selection(ReadOnlySpan<uint> codes)
    {
        SelectionHandle selection = DuckDbApi.duckdb_create_selection_vector((ulong)codes.Length);
        codes.CopyTo(new Span<uint>(DuckDbApi.duckdb_selection_vector_get_data_ptr(selection), codes.Length));
        return selection;
    }
}
