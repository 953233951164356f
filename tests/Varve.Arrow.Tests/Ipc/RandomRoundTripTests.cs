using Varve.Arrow.Ipc;
using Varve.Arrow.Validation;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Ipc;

public class RandomRoundTripTests(ITestOutputHelper output)
{
    private const int Rounds = 150;

    [Fact]
    public void Random_batches_come_back_from_streams_and_files_as_they_were()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        var make = new RandomBatches(random);
        for (int round = 0; round < Rounds; round++)
        {
            var compression = (BodyCompression)random.Next(3);
            Schema schema = make.Schema(withDictionaries: false);
            RecordBatch[] batches = [.. Enumerable.Range(0, random.Next(3)).Select(_ => make.Batch(schema))];
            AssertSame(schema, batches, IpcForms.ReadStream(IpcForms.WriteStream(schema, batches, compression)));
            AssertSame(schema, batches, IpcForms.ReadFile(IpcForms.WriteFile(schema, batches, compression)));
        }
    }

    [Fact]
    public void Random_batches_with_dictionaries_come_back_from_streams_and_single_ones_from_files()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        var make = new RandomBatches(random);
        for (int round = 0; round < Rounds; round++)
        {
            var compression = (BodyCompression)random.Next(3);
            Schema schema = make.Schema(withDictionaries: true);
            RecordBatch[] batches = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => make.Batch(schema))];
            AssertSame(schema, batches, IpcForms.ReadStream(IpcForms.WriteStream(schema, batches, compression)));
            AssertSame(schema, batches[..1], IpcForms.ReadFile(IpcForms.WriteFile(schema, batches[..1], compression)));
        }
    }

    private static void AssertSame(Schema schema, RecordBatch[] batches, (Schema Schema, List<RecordBatch> Batches) found)
    {
        Assert.Equal(schema, found.Schema);
        Assert.Equal(schema.Metadata, found.Schema.Metadata);
        Assert.Equal(schema.Fields.Select(f => f.Metadata), found.Schema.Fields.Select(f => f.Metadata));
        Assert.Equal(batches.Length, found.Batches.Count);
        for (int i = 0; i < batches.Length; i++)
        {
            ArrayValidation.Validate(found.Batches[i]);
            Assert.Equal(batches[i].RowCount, found.Batches[i].RowCount);
            Assert.Equal(batches[i].Columns.Select(c => c.NullCount), found.Batches[i].Columns.Select(c => c.NullCount));
            Assert.Equal(RowText.Of(batches[i]), RowText.Of(found.Batches[i]));
        }
    }
}
