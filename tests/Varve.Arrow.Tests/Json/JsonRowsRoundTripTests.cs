using System.Buffers;
using System.Text;
using Varve.Arrow.Json;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Json;

public class JsonRowsRoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void Rows_of_every_type_are_read_as_they_were_written()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        Schema flat = new([.. RandomTypes.Flat.Select((t, i) => new Field($"c{i}", t))]);
        IEnumerable<Schema> schemas = [flat, .. Enumerable.Range(0, 150).Select(_ => RandomTypes.NextSchema(random))];
        foreach (Schema schema in schemas)
        {
            RecordBatch batch = RandomValues.Batch(random, schema, random.Next(40), out _);
            ArrayBufferWriter<byte> lines = new();
            JsonRows.Write(batch, lines);
            RecordBatch read = JsonRows.Parse(schema, lines.WrittenSpan);
            ArrayValidation.Validate(read);
            Assert.Equal(schema, read.Schema);
            Assert.Equal(batch.RowCount, read.RowCount);
            for (int i = 0; i < schema.Fields.Count; i++)
                PlainRows.AssertEqual(PlainRows.Of(batch.Columns[i]), read.Columns[i], Encoding.UTF8.GetString(lines.WrittenSpan));
            if (batch.RowCount > 0)
                Assert.True(ArrayEquality.Equals(read, JsonRows.Parse(schema, AsArray(lines.WrittenSpan))));
        }
    }

    private static byte[] AsArray(ReadOnlySpan<byte> lines) =>
        Encoding.UTF8.GetBytes("[" + string.Join(",\n", Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries)) + "]");
}
