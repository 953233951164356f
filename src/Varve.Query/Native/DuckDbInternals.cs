using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// Functions of DuckDB's that its C API does not have, by the names that their compiler gave them, and the layouts that they use. They fit one library
/// alone, so <see cref="Scan.Dictionaries.ReusableDictionaries"/> has to be asked before anything here is used.
/// </summary>
internal static unsafe partial class DuckDbInternals
{
    /// <summary>Of the libduckdb.so that these names and layouts were read from: version 1.5.6 for x64.</summary>
    public const string LibrarySha256 = "3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633";

    /// <summary>Where <c>VectorChildBuffer</c> keeps the vector of its values.</summary>
    public const int ChildVectorOffset = 0x30;

    /// <summary><c>DictionaryVector::CreateReusableDictionary(const LogicalType &amp;, const idx_t &amp;)</c>.</summary>
    /// <param name="created">Takes the dictionary, with one owner.</param>
    /// <param name="type">Of its values.</param>
    /// <param name="size">How many values.</param>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb16DictionaryVector24CreateReusableDictionaryERKNS_11LogicalTypeERKm")]
    public static partial void CreateReusableDictionary(SharedPointer* created, LogicalTypeHandle type, ulong* size);

    /// <summary><c>Vector::Dictionary(buffer_ptr&lt;VectorChildBuffer&gt;, const SelectionVector &amp;)</c>.</summary>
    /// <param name="vector">Becomes one of codes into the dictionary.</param>
    /// <param name="dictionary">Taken over by the vector.</param>
    /// <param name="selection">Holds the codes.</param>
    [LibraryImport(
        DuckDbApi.Library, EntryPoint = "_ZN6duckdb6Vector10DictionaryENS_10shared_ptrINS_17VectorChildBufferELb1EEERKNS_15SelectionVectorE")]
    public static partial void UseDictionary(nint vector, SharedPointer* dictionary, SelectionHandle selection);
}
