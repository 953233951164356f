using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Values;

public class ArrayDigestTests(ITestOutputHelper output)
{
    [Fact]
    public void Equal_rows_have_one_digest_however_they_are_cut_and_laid_out()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        var batches = new RandomBatches(random);
        int compared = 0;
        for (int i = 0; i < 300; i++)
        {
            RecordBatch batch = batches.Batch(batches.Schema(withDictionaries: false));
            foreach (ArrayData column in batch.Columns)
            {
                string whole = Digest(column, [column.Length]);
                Assert.Equal(whole, Digest(column, Cuts(random, column.Length)));
                ArrayData other = ArrayTake.Take(column, [.. Enumerable.Range(0, column.Length)]);
                Assert.True(ArrayEquality.Equals(column, other));
                Assert.Equal(whole, Digest(other, Cuts(random, column.Length)));
                compared++;
            }
        }

        Assert.True(compared > 300);
    }

    /// <summary>The other side: rows in another order are told from the first, unless they are equal.</summary>
    [Fact]
    public void Other_rows_have_another_digest()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        var batches = new RandomBatches(random);
        int differed = 0;
        for (int i = 0; i < 300; i++)
        {
            RecordBatch batch = batches.Batch(batches.Schema(withDictionaries: false));
            foreach (ArrayData column in batch.Columns.Where(c => c.Length > 1))
            {
                int[] order = [.. Enumerable.Range(0, column.Length)];
                int at = random.Next(column.Length);
                order[at] = random.Next(column.Length);
                ArrayData other = ArrayTake.Take(column, order);
                bool isEqual = ArrayEquality.Equals(column, other);
                Assert.Equal(isEqual, Digest(column, [column.Length]) == Digest(other, [column.Length]));
                differed += isEqual ? 0 : 1;
            }
        }

        Assert.True(differed > 100);
    }

    [Fact]
    public void Nulls_empty_texts_and_the_bounds_of_texts_count()
    {
        string[] digests =
        [
            Of("ab", "c"), Of("a", "bc"), Of("abc", ""), Of("abc", null), Of(null, "abc"), Of("abc"), Of(), Of("", ""), Of(null, null),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());

        static string Of(params string?[] values)
        {
            var builder = new RecordBatchBuilder(new Schema([new Field("t", ArrowTypes.Utf8)]));
            foreach (string? value in values)
                builder.AppendRow(value);
            ArrayData column = builder.Build().Columns[0];
            return Digest(column, [column.Length]);
        }
    }

    private static IEnumerable<int> Cuts(Random random, int rows)
    {
        for (int left = rows; left > 0;)
        {
            int count = random.Next(1, left + 1);
            yield return count;
            left -= count;
        }
    }

    private static string Digest(ArrayData array, IEnumerable<int> counts)
    {
        using var digest = new ArrayDigest(array.Type);
        int at = 0;
        foreach (int count in counts)
        {
            digest.Add(array, at, count);
            at += count;
        }

        Assert.Equal(array.Length, at);
        return Convert.ToHexString(digest.Finish());
    }
}
