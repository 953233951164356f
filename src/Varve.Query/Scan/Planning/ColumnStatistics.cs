using Varve.Query.Native;
using Varve.Query.Scan.Loading;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Planning;

/// <summary>
/// Statistics of columns, as DuckDB's planner takes them: whether there are nulls, and the bounds of whole numbers. With them it sums up, groups and sorts
/// in fewer bytes. Its C API has no place for them, so they are given only to the library that this was tried in. Where they may not be given, the same
/// answers take longer. Thread-safe.
/// </summary>
internal static unsafe class ColumnStatistics
{
    private static readonly Lazy<string?> Found = new(() => KnownLibrary.Problem ?? StatisticsTrial.Run());

    public static bool AreUsable => Found.Value is null;

    /// <summary>Why they may not be given; null where they may.</summary>
    public static string? Problem => Found.Value;

    /// <summary>Lets a table function give statistics, before it is registered.</summary>
    /// <param name="function">Of the C API.</param>
    /// <param name="give">
    /// Called while a statement is planned, with a place for the address of the statistics, the client's context, what bind made, and the number of a
    /// column. Gives the place back, in which there is null where nothing is known.
    /// </param>
    public static void Set(nint function, delegate* unmanaged[Cdecl]<nint*, nint, nint, ulong, nint*> give) =>
        *(nint*)(function + DuckDbInternals.StatisticsOffset) = (nint)give;

    /// <summary>The data that bind set, of what DuckDB hands to the callback.</summary>
    public static nint BindData(nint bound) => *(nint*)(bound + DuckDbInternals.BindDataOffset);

    /// <summary>Makes the statistics of a column.</summary>
    /// <param name="loader">Knows its type.</param>
    /// <param name="zone">What is known of its values.</param>
    /// <param name="place">Where the address goes.</param>
    public static void Make(ColumnLoader loader, Zone zone, nint* place)
    {
        byte* statistics = stackalloc byte[DuckDbInternals.StatisticsBytes];
        using (LogicalTypeHandle type = loader.CreateType())
            DuckDbInternals.CreateStatistics(statistics, type);
        if (!zone.HasNulls)
            DuckDbInternals.SetStatistics(statistics, DuckDbInternals.HasNoNulls);
        if (zone is { IsEmpty: false, Least.Kind: ZoneKind.Whole })
        {
            using ValueHandle? least = loader.CreateBound(zone.Least.Whole);
            using ValueHandle? greatest = loader.CreateBound(zone.Greatest.Whole);
            if (least is not null && greatest is not null)
            {
                DuckDbInternals.SetLeast(statistics, least);
                DuckDbInternals.SetGreatest(statistics, greatest);
            }
        }

        DuckDbInternals.CopyStatistics(place, statistics);
        DuckDbInternals.DestroyStatistics(statistics);
    }
}
