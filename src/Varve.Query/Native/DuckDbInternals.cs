using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// Functions of DuckDB's that its C API does not have, by the names that their compiler gave them, and the layouts that they use. They fit one library
/// alone, so <see cref="Scan.Dictionaries.ReusableDictionaries"/> or <see cref="Scan.Planning.ColumnStatistics"/> has to be asked before anything here
/// is used.
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

    /// <summary>Where <c>TableFunction</c> keeps the callback that gives statistics of a column; null unless it is set.</summary>
    public const int StatisticsOffset = 0x148;

    /// <summary>Where <c>CTableBindData</c> keeps what bind set as its data.</summary>
    public const int BindDataOffset = 0x28;

    /// <summary>No less than <c>BaseStatistics</c> takes.</summary>
    public const int StatisticsBytes = 0x80;

    /// <summary><c>StatsInfo::CANNOT_HAVE_NULL_VALUES</c>.</summary>
    public const byte HasNoNulls = 1;

    /// <summary><c>BaseStatistics::CreateUnknown(LogicalType)</c>.</summary>
    /// <param name="created">Memory for it, to be given up by <see cref="DestroyStatistics"/>.</param>
    /// <param name="type">Taken over: the handle can only be disposed afterwards.</param>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb14BaseStatistics13CreateUnknownENS_11LogicalTypeE")]
    public static partial nint CreateStatistics(byte* created, LogicalTypeHandle type);

    /// <summary><c>BaseStatistics::~BaseStatistics()</c>.</summary>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb14BaseStatisticsD1Ev")]
    public static partial void DestroyStatistics(byte* statistics);

    /// <summary><c>BaseStatistics::Set(StatsInfo)</c>.</summary>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb14BaseStatistics3SetENS_9StatsInfoE")]
    public static partial void SetStatistics(byte* statistics, byte info);

    /// <summary><c>BaseStatistics::ToUnique() const</c>.</summary>
    /// <param name="copy">Takes the address of a copy.</param>
    /// <param name="statistics">Stays as it is.</param>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZNK6duckdb14BaseStatistics8ToUniqueEv")]
    public static partial nint CopyStatistics(nint* copy, byte* statistics);

    /// <summary><c>NumericStats::SetMin(BaseStatistics &amp;, const Value &amp;)</c>.</summary>
    /// <param name="statistics">Of a type whose values are numbers.</param>
    /// <param name="value">A number of the same width: any other ends the process.</param>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb12NumericStats6SetMinERNS_14BaseStatisticsERKNS_5ValueE")]
    public static partial void SetLeast(byte* statistics, ValueHandle value);

    /// <summary><c>NumericStats::SetMax(BaseStatistics &amp;, const Value &amp;)</c>, as <see cref="SetLeast"/>.</summary>
    [LibraryImport(DuckDbApi.Library, EntryPoint = "_ZN6duckdb12NumericStats6SetMaxERNS_14BaseStatisticsERKNS_5ValueE")]
    public static partial void SetGreatest(byte* statistics, ValueHandle value);
}
