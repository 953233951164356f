using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using Varve.Protocol.V1;

namespace Varve.Client.Tests;

public sealed class RowTypeTests(ServedEngine served) : IClassFixture<ServedEngine>
{
    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2026-01-02T03:04:05.000006Z", CultureInfo.InvariantCulture);

    private VarveClient Client => served.Client;

    [Fact]
    public async Task Records_are_appended_and_read_back_as_they_were()
    {
        await Client.CreateStreamAsync<Reading>("rows/readings");
        Reading[] rows =
        [
            new("a", 1.5, At, true, 7, TimeSpan.FromSeconds(1.5), new DateOnly(2026, 2, 3), "x", 9),
            new("b", null, At.AddDays(1), false, -7, TimeSpan.Zero, new DateOnly(1969, 12, 31), null, byte.MaxValue),
        ];
        await Client.AppendAsync("rows/readings", rows);
        List<Reading> read = [];
        await foreach (Reading row in Client.ReadAsync<Reading>("rows/readings"))
            read.Add(row);
        Assert.Equal(rows, read);
        Assert.Equal(
            ["device_id", "value", "at", "is_valid", "n", "took", "day", "remark", "level"], RowType<Reading>.Schema.Fields.Select(f => f.Name));
        Assert.Equal(["value", "remark"], RowType<Reading>.Schema.Fields.Where(f => f.IsNullable).Select(f => f.Name));
    }

    [Fact]
    public async Task A_writer_gathers_rows_to_batches_and_stores_each_once_in_order()
    {
        const int count = 5_000;
        await Client.CreateStreamAsync<Numbered>("rows/numbered");
        await using Producer producer = await Client.OpenProducerAsync("rows/numbered");
        await using (RowWriter<Numbered> writer = producer.OpenWriter<Numbered>("rows/numbered", new RowWriterOptions { MaxBatchRows = 100 }))
        {
            for (int i = 0; i < count; i++)
                await writer.WriteAsync(new Numbered { N = i });
            await writer.FlushAsync();
            Assert.Equal(count, (await Client.DescribeStreamAsync("rows/numbered")).EndOffset);
            await writer.WriteAsync(new Numbered { N = count });
        }

        Assert.InRange(producer.NextSequence, count / 100, (count / 5) + 1);
        Assert.Equal(3, await producer.AppendAsync("rows/numbered", MoreAsync()));
        List<long> read = [];
        await foreach (Numbered row in Client.ReadAsync<Numbered>("rows/numbered"))
            read.Add(row.N);
        Assert.Equal(Enumerable.Range(0, count + 4).Select(n => (long)n), read);

        static async IAsyncEnumerable<Numbered> MoreAsync()
        {
            for (int i = 1; i < 4; i++)
            {
                await Task.Yield();
                yield return new Numbered { N = count + i };
            }
        }
    }

    [Fact]
    public async Task A_writer_tells_of_rows_that_were_refused()
    {
        await using Producer producer = await Client.OpenProducerAsync("rows/nowhere");
        RowWriter<Numbered> writer = producer.OpenWriter<Numbered>("rows/nowhere");
        await writer.WriteAsync(new Numbered { N = 1 });
        VarveException e = await Assert.ThrowsAsync<VarveException>(() => writer.FlushAsync());
        Assert.Equal(ErrorCode.StreamNotFound, e.Code);
        await Assert.ThrowsAsync<VarveException>(async () => await writer.DisposeAsync());
    }

    [Fact]
    public void A_type_that_no_column_has_is_named() => Assert.Contains(
        "Strange.Other", Assert.ThrowsAny<Exception>(() => RowType<Strange>.Schema).ToString(), StringComparison.Ordinal);

    public sealed record Reading(
        string DeviceId, double? Value, DateTimeOffset At, bool IsValid, int N, TimeSpan Took, DateOnly Day, [property: Column("remark")] string? Note, byte Level);

    public sealed class Numbered
    {
        public long N { get; set; }
    }

    public sealed record Strange(Uri Other);
}
