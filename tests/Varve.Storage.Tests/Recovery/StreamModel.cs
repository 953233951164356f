using System.Collections.Immutable;
using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Tests.Segments;

namespace Varve.Storage.Tests.Recovery;

/// <summary>A stream that must be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Columns">How many it has.</param>
/// <param name="RetainRows">The one setting that is changed.</param>
/// <param name="FirstOffset">The oldest row that is kept.</param>
/// <param name="Segments">In the order of their offsets.</param>
/// <param name="Rows">All rows ever appended; row at offset i is the i-th.</param>
internal sealed record StreamModel(
    string Name, long Id, int Columns, long? RetainRows, long FirstOffset, ImmutableList<SegmentInfo> Segments, ImmutableList<long> Rows)
{
    public long SealedEnd => Segments.IsEmpty ? FirstOffset : Segments[^1].EndOffset;

    public string Describe() => Describe(
        Name, Id, Columns, RetainRows, FirstOffset, SealedEnd, Rows.Count, Segments, Rows.Skip((int)SealedEnd));

    public static string Describe(StreamHead head) => Describe(
        head.Stream.Name,
        head.Stream.Id,
        head.Schema.Schema.Fields.Count,
        head.Description.Settings.RetainRows,
        head.FirstOffset,
        head.SealedEnd,
        head.EndOffset,
        head.Segments,
        TestSegments.TailNumbers(head));

    private static string Describe(
        string name,
        long id,
        int columns,
        long? retainRows,
        long firstOffset,
        long sealedEnd,
        long endOffset,
        IEnumerable<SegmentInfo> segments,
        IEnumerable<long> tail) =>
        $"{name} {id}: {columns} columns, retains {retainRows}, [{firstOffset} {sealedEnd} {endOffset}), segments "
        + string.Join(' ', segments.Select(s => $"{s.Id}:{s.FirstOffset}+{s.RowCount}/{s.Zones.Count(z => z is not null)}"))
        + ", tail " + string.Join(' ', tail);
}
