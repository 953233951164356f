using Varve.Arrow.Ipc;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Recovery;

/// <summary>Logs that end, or go on, inside of a batch that was written in parts. Not encrypted, so that the test can write records.</summary>
public class UnfinishedBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Parts_without_their_last_one_are_ignored_and_their_offsets_given_again(int parts)
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync([.. Enumerable.Range(0, parts).Select(i => Part(i, 3))]);

        await host.OpenAsync();
        Assert.Equal([1, 2], host.Engine.OpenView("s").Numbers());
        Assert.Equal(2, (await host.Engine.AppendAsync("s", Rows.Of(3))).FirstOffset);
        for (int i = 0; i < 2; i++)
        {
            await host.ReopenAsync();
            Assert.Equal([1, 2, 3], host.Engine.OpenView("s").Numbers());
        }
    }

    [Fact]
    public async Task All_parts_are_a_batch()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(Part(0, 3), Part(1, 3), Part(2, 3));
        await host.OpenAsync();
        Assert.Equal([1, 2, 100, 101, 102], host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task An_unfinished_batch_that_others_follow_is_damage()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(Part(0, 3), Part(0, 1));
        await host.DamagedAsync("stream 's': part 0 of 1 of a batch follows 1 parts");
    }

    [Fact]
    public async Task Parts_out_of_order_are_damage()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(Part(1, 3));
        await host.DamagedAsync("stream 's': part 1 of 3 of a batch follows 0 parts");
    }

    [Fact]
    public async Task A_gap_in_the_offsets_is_damage()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(Append(0, 1, firstOffset: 3, time: long.MaxValue / 4));
        await host.DamagedAsync("stream 's': rows begin at offset 3, 2 is next");
    }

    [Fact]
    public async Task Time_that_falls_is_damage()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(Append(0, 1, firstOffset: 2, time: 1));
        await host.DamagedAsync("the time of stream 's' falls");
    }

    [Fact]
    public async Task Abandoning_what_is_not_unfinished_is_damage()
    {
        await using EngineHost host = await WithStreamAsync();
        await host.WriteRecordsAsync(RecordWriter.Write(new AbandonPartsRecord(1, 1, 2)));
        await host.DamagedAsync("an append is abandoned that is not the one that is unfinished there");
    }

    [Fact]
    public async Task A_record_of_a_kind_that_is_not_known_stops_the_opening()
    {
        await using EngineHost host = await WithStreamAsync();
        byte[] record = RecordWriter.Write(new DropStreamRecord(1, 1));
        record[4] = 200;
        await host.WriteRecordsAsync(record);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.Unsupported, e.Code);
    }

    private static async Task<EngineHost> WithStreamAsync()
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1, 2));
        await host.CloseAsync();
        return host;
    }

    /// <summary>One row of a batch that begins at offset 2.</summary>
    private static byte[] Part(int part, int partCount) => Append(part, partCount, 2 + part, long.MaxValue / 4);

    private static byte[] Append(int part, int partCount, long firstOffset, long time)
    {
        StreamSchema schema = new(Rows.Schema, 1);
        EncodedAppend encoded = AppendEncoder.Encode(1, schema.All, Rows.Of(100 + part), BodyCompression.None, sealer: null);
        encoded.Stamp(time, firstOffset, part, partCount, isGrouped: false);
        byte[] bytes = encoded.Bytes.ToArray();
        encoded.Release();
        return bytes;
    }
}
