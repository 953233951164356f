using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Differential;

/// <summary>
/// Judges a view by a picture: in the order of offsets, and as groups of blocks that a scan may leave out by what they say of themselves.
/// </summary>
internal static class ViewCheck
{
    public static void Check(StreamView view, StreamPicture picture)
    {
        Assert.True(picture.Schema.Equals(view.Stream.Schema), $"the schema is ({view.Stream.Schema}), expected ({picture.Schema})");
        Assert.Equal(picture.RowCount, view.EndOffset);
        Assert.InRange(view.FirstOffset, 0, view.EndOffset);
        long[] times = CheckOrdered(view, picture);
        CheckGroups(view, picture, times);
    }

    private static long[] CheckOrdered(StreamView view, StreamPicture picture)
    {
        List<long> times = [];
        long next = view.FirstOffset;
        foreach (ViewChunk chunk in view.Chunks)
        {
            Assert.Equal(next, chunk.FirstOffset);
            Assert.InRange(chunk.RowCount, 1, 65_536);
            Assert.Equal(picture.Schema.Fields.Count, chunk.Columns.Count);
            for (int i = 0; i < picture.Columns.Length; i++)
            {
                ArrayData found = chunk.Columns[i];
                ArrayValidation.Validate(picture.Schema.Fields[i], found);
                Same(picture, i, picture.Columns[i].Slice((int)next, chunk.RowCount), found, $"chunk at {next}");
            }

            times.AddRange(OffsetColumn.Values(chunk.Time));
            next += chunk.RowCount;
        }

        Assert.Equal(view.EndOffset, next);
        Assert.Equal(times.Order(), times);
        return [.. times];
    }

    private static void CheckGroups(StreamView view, StreamPicture picture, long[] times)
    {
        bool[] seen = new bool[view.EndOffset - view.FirstOffset];
        BlockBuffers buffers = new();
        foreach (ScanGroup group in view.Groups)
        {
            Assert.Equal(group.RowCount, group.Blocks.Sum(b => (long)b.RowCount));
            foreach (ScanBlock block in group.Blocks)
            {
                CheckBlock(view, picture, times, group, block, seen, buffers);
                buffers.Reset();
            }
        }

        Assert.All(seen, Assert.True);
    }

    private static void CheckBlock(
        StreamView view, StreamPicture picture, long[] times, ScanGroup group, ScanBlock block, bool[] seen, BlockBuffers buffers)
    {
        ArrayData offsets = block.Offsets(buffers);
        int[] rows = [.. OffsetColumn.Values(offsets).ToArray().Select(offset => (int)offset)];
        Assert.Equal(block.RowCount, rows.Length);
        foreach (int row in rows)
        {
            Assert.False(seen[row - view.FirstOffset], $"offset {row} is there twice");
            seen[row - view.FirstOffset] = true;
        }

        if (block.FirstOffset is { } first)
            Assert.Equal(Enumerable.Range((int)first, rows.Length), rows);
        ArrayData time = block.Times(buffers);
        Assert.Equal(rows.Select(row => times[row - view.FirstOffset]), OffsetColumn.Values(time).ToArray());
        Bounds(ZoneScan.Of(offsets), block.OffsetZone, group.OffsetZone, "_offset");
        Bounds(ZoneScan.Of(time), block.TimeZone, group.TimeZone, "_time");
        for (int i = 0; i < picture.Columns.Length; i++)
        {
            ArrayData expected = ArrayTake.Take(picture.Columns[i], rows);
            Same(picture, i, expected, DictionaryDecoder.Flatten(block.Column(i, buffers)), $"block with offset {rows[0]}");
            Bounds(ZoneScan.Of(expected), block.ZoneOf(i), group.ZoneOf(i), picture.Schema.Fields[i].Name);
            for (int row = 0; row < rows.Length; row += 1 + (rows.Length / 16))
            {
                // A zone of one value whose bounds differ has a long text, cut: neither bound is there.
                if (ZoneScan.Of(expected.Slice(row, 1)) is { IsEmpty: false, Least.Kind: not ZoneKind.Real } zone && zone.Least == zone.Greatest)
                    Assert.True(block.MayHold(i, zone.Least), $"{picture.Schema.Fields[i].Name} of offset {rows[row]} is held");
            }
        }
    }

    private static void Bounds(Zone? rows, Zone? block, Zone? group, string column)
    {
        Within(rows, block, column);
        Within(rows, group, column);
    }

    /// <summary>Bounds may be wider than what they bound, never narrower.</summary>
    private static void Within(Zone? rows, Zone? bounds, string column)
    {
        if (rows is not { } inner || bounds is not { } outer)
            return;
        Assert.True(outer.HasNulls || !inner.HasNulls, $"{column}: there are nulls");
        Assert.True(inner.IsEmpty || !outer.IsEmpty, $"{column}: there are values");
        if (!inner.IsEmpty)
            Assert.True(outer.Least <= inner.Least && inner.Greatest <= outer.Greatest, $"{column}: {inner} is not within {outer}");
    }

    private static void Same(StreamPicture picture, int field, ArrayData expected, ArrayData found, string where)
    {
        if (ArrayEquality.Equals(expected, found))
            return;
        Assert.Equal(expected.Length, found.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.True(
                ArrayEquality.Equals(expected.Slice(row, 1), found.Slice(row, 1)),
                $"{where}, column {picture.Schema.Fields[field]}, row {row}: "
                + $"expected {ArrayReader.Format(expected, row)}, found {ArrayReader.Format(found, row)}");
        }
    }
}
