using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Builders;

public class ColumnAppenderRandomTests(ITestOutputHelper output)
{
    [Fact]
    public void Columns_of_every_type_hold_what_was_appended_and_snapshots_stay()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        IEnumerable<ArrowType> types = [.. RandomTypes.Flat, .. Enumerable.Range(0, 150).Select(_ => RandomTypes.Next(random))];
        foreach (ArrowType type in types)
        {
            Field field = new("c", type);
            ColumnAppender column = ColumnAppender.Create(type, random.Next(200));
            List<object?> rows = [];
            List<(int Count, ArrayData Array)> snapshots = [];
            for (int step = 0; step < 12; step++)
            {
                Grow(random, field, column, rows);
                int count = random.Next(rows.Count + 1);
                snapshots.Add((count, column.Snapshot(count)));
            }

            snapshots.Add((rows.Count, column.Snapshot(rows.Count)));
            foreach ((int count, ArrayData array) in snapshots)
            {
                PlainRows.AssertEqual([.. rows[..count]], array);
                ArrayValidation.Validate(field, array);
            }
        }
    }

    [Fact]
    public void A_snapshot_of_views_holds_no_more_bytes_than_its_rows()
    {
        Utf8Builder builder = new(ArrowTypes.Utf8View);
        foreach (string text in (string[])["short", "a value that is too long for a view", "short again", "another value that is too long", "end"])
            builder.Append(text);
        ArrayData source = builder.Build();
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Utf8View);
        column.Append(source, 2, 3);
        Assert.Equal(2, column.Snapshot(1).Buffers.Length);
        Assert.Equal("another value that is too long".Length, column.Snapshot(3).Buffers[2].Length);
        Assert.True(ArrayEquality.Equals(source.Slice(2, 3), column.Snapshot(3)));
    }

    [Fact]
    public void An_array_of_nulls_has_every_type()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        IEnumerable<ArrowType> types = [.. RandomTypes.Flat, .. Enumerable.Range(0, 100).Select(_ => RandomTypes.Next(random))];
        foreach (ArrowType type in types)
        {
            foreach (int length in (int[])[0, 1, 63, 64, 1000])
            {
                ArrayData nulls = ColumnAppender.Nulls(type, length);
                PlainRows.AssertEqual(new object?[length], nulls);
                ArrayValidation.Validate(new Field("c", type), nulls);
            }
        }
    }

    private static void Grow(Random random, Field field, ColumnAppender column, List<object?> rows)
    {
        int count = random.Next(3) == 0 ? 1 : random.Next(60);
        if (random.Next(5) == 0)
        {
            Assert.True(column.CanAppendNulls(count));
            column.AppendNulls(count);
            rows.AddRange(new object?[count]);
            return;
        }

        object?[] more = RandomValues.Rows(random, new Field("c", field.Type, random.Next(2) == 0), count);
        ArrayData source = RandomValues.Array(random, field, more);
        int start = random.Next(count + 1);
        int taken = random.Next(count - start + 1);
        Assert.True(column.CanAppend(source, start, taken));
        column.Append(source, start, taken);
        rows.AddRange(more[start..(start + taken)]);
    }
}
