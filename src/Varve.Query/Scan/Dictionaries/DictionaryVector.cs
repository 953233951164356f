using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan.Dictionaries;

/// <summary>
/// The values of a dictionary as a vector of DuckDB's, and behind them a null. Made once per dictionary and kept as long as that is; vectors that
/// DuckDB still has keep the values alive beyond that. Immutable; any thread.
/// </summary>
internal sealed unsafe class DictionaryVector
{
    /// <summary>What is computed of a value of a reusable dictionary is computed of all at once: more would be too much for the few rows that may need it.</summary>
    private const int ReusableCountMax = 1 << 18;

    private static readonly ConditionalWeakTable<ArrayData, DictionaryVector> Plain = [];
    private static readonly ConditionalWeakTable<ArrayData, DictionaryVector> Reusable = [];

    private readonly VectorHandle? _vector;
    private readonly ReusableDictionary? _reusable;
    private readonly NativeString* _strings;
    private readonly long _bytes;

    private DictionaryVector(ArrayData values, ColumnLoader loader, bool reuse)
    {
        using LogicalTypeHandle type = loader.CreateType();
        if (reuse)
            _reusable = new ReusableDictionary(type, values.Length + 1);
        else
            _vector = DuckDbApi.duckdb_create_vector(type, (ulong)values.Length + 1);
        nint vector = _reusable?.Values ?? _vector!.DangerousGetHandle();
        if (values.Length > 0)
            loader.Load(values, 0, values.Length, vector, null, null);
        _strings = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        _strings[values.Length] = default;
        DuckDbApi.duckdb_vector_ensure_validity_writable(vector);
        DuckDbApi.duckdb_vector_get_validity(vector)[values.Length >> 6] &= ~(1UL << (values.Length & 63));
        NullCode = values.Length;
        ArePlaced = ArePlacedIn(_strings, values.Length);

        // DuckDB keeps the hashes of a reusable dictionary, eight bytes each.
        _bytes = ((values.Length + 1L) * (sizeof(NativeString) + (reuse ? sizeof(ulong) : 0))) + values.Buffers.Sum(b => (long)b.Length);
        GC.AddMemoryPressure(_bytes);
    }

    /// <summary>The memory is DuckDB's: the collector has to be told of it.</summary>
    ~DictionaryVector()
    {
        // None was added where making it failed.
        if (_bytes > 0)
            GC.RemoveMemoryPressure(_bytes);
    }

    /// <summary>The code of the null.</summary>
    public int NullCode { get; }

    /// <summary>Whether every value is held in its struct, so that a copy of the struct needs nothing else.</summary>
    public bool ArePlaced { get; }

    /// <summary>Whether DuckDB computes hashes and functions of its values once for each value.</summary>
    public bool IsReusable => _reusable is not null;

    /// <param name="values">The dictionary.</param>
    /// <param name="loader">Of its type.</param>
    /// <param name="reuse">Whether it may be a reusable dictionary; it becomes one where that can be and pays.</param>
    public static DictionaryVector Of(ArrayData values, ColumnLoader loader, bool reuse)
    {
        reuse = reuse && values.Length <= ReusableCountMax && ReusableDictionaries.AreUsable;
        ConditionalWeakTable<ArrayData, DictionaryVector> known = reuse ? Reusable : Plain;
        return known.TryGetValue(values, out DictionaryVector? vector)
            ? vector
            : known.GetValue(values, v => new DictionaryVector(v, loader, reuse));
    }

    /// <summary>The structs of the values, valid as long as this is referred to; behind them that of the null.</summary>
    public ReadOnlySpan<NativeString> Strings => new(_strings, NullCode + 1);

    /// <summary>Makes a vector one of codes into the dictionary.</summary>
    /// <param name="vector">Of the dictionary's type.</param>
    /// <param name="selection">Holds the codes.</param>
    /// <param name="codes">Looked through first: DuckDB does not.</param>
    public void Slice(nint vector, SelectionHandle selection, ReadOnlySpan<uint> codes)
    {
        uint greatest = Greatest(codes);
        if (greatest > (uint)NullCode)
            throw new QueryException(QueryErrorCode.Internal, $"code {greatest} is not in a dictionary of {NullCode} values");
        if (_reusable is not null)
        {
            _reusable.Use(vector, selection);
            return;
        }

        DuckDbApi.duckdb_vector_reference_vector(vector, _vector!);
        DuckDbApi.duckdb_slice_vector(vector, selection, (ulong)codes.Length);
    }

    private static uint Greatest(ReadOnlySpan<uint> codes)
    {
        uint greatest = 0;
        ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<uint, Vector<uint>>(codes);
        Vector<uint> greatests = Vector<uint>.Zero;
        foreach (Vector<uint> vector in vectors)
            greatests = Vector.Max(greatests, vector);
        for (int i = 0; i < Vector<uint>.Count; i++)
            greatest = Math.Max(greatest, greatests[i]);
        foreach (uint code in codes[(vectors.Length * Vector<uint>.Count)..])
            greatest = Math.Max(greatest, code);
        return greatest;
    }

    private static bool ArePlacedIn(NativeString* strings, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (strings[i].Length > NativeString.InlineBytes)
                return false;
        }

        return true;
    }
}
