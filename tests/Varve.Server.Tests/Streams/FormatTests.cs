using System.Buffers;
using System.Text;
using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Calls;
using Varve.Server.Rows;

namespace Varve.Server.Tests.Streams;

/// <summary>Rows go in in one form and come out in another, unchanged, for every type that a stream can hold.</summary>
public sealed class FormatTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData(RowFormat.Arrow)]
    [InlineData(RowFormat.Columns)]
    [InlineData(RowFormat.Json)]
    public async Task Every_type_goes_in_and_comes_out_in_all_forms(RowFormat appended)
    {
        StreamDescription stream = await CreateAsync($"all-{appended}");
        Assert.Equal(3, (await server.AppendAsync(Request(stream.Name, AllTypes.Rows, appended))).RowCount);

        AssertSame(AllTypes.Rows, await ReadArrowAsync(stream.Name));

        ReadResponse columns = Assert.Single(await server.ReadAsync(new ReadRequest { Stream = stream.Name, Format = RowFormat.Columns }));
        Assert.Equal(Columns(AllTypes.Rows), columns.Columns);

        ReadResponse json = Assert.Single(await server.ReadAsync(new ReadRequest { Stream = stream.Name, Format = RowFormat.Json }));
        AssertSame(AllTypes.Rows, JsonRows.Parse(AllTypes.Schema, json.Json.Span));
    }

    [Fact]
    public async Task Typed_columns_have_the_form_that_the_protocol_says()
    {
        StreamDescription stream = await CreateAsync("forms");
        await server.AppendAsync(RunningServer.Arrow(stream.Name, AllTypes.Rows));
        ColumnBatch columns = (await server.ReadAsync(new ReadRequest { Stream = stream.Name, Format = RowFormat.Columns }))[0].Columns;
        ColumnValues Of(string name) => columns.Columns.Single(c => c.Name == name);
        Assert.Equal([true, false, false], Of("bo").Bools.Values);
        Assert.Equal([1u], Of("bo").NullRows);
        Assert.Equal([long.MinValue, 1, long.MaxValue], Of("i64").Ints.Values);
        Assert.Equal([ulong.MaxValue, 0, 0], Of("u64").Uints.Values);
        Assert.Equal([-1, 0, 2932896], Of("da").Ints.Values);
        Assert.Equal(["-999.99", "", "0.01"], Of("d32").Strings.Values);
        Assert.Equal([0, 1, 2, 255], Of("b").Bytes.Values[0].ToByteArray());
        Assert.Equal("[1,null,-3]", Of("li").Json.Values[0]);
        Assert.Equal([0u, 1u, 2u], Of("n").NullRows);
    }

    [Theory]
    [InlineData("a: int8", "300", "row 0")]
    [InlineData("a: uint8", "-1", "row 0")]
    [InlineData("a: time32[s]", "3000000000", "row 0")]
    [InlineData("a: float32", "1e300", "row 0")]
    [InlineData("a: decimal32(5, 2)", "1000.00", "row 0")]
    [InlineData("a: decimal32(5, 2)", "1.001", "row 0")]
    [InlineData("a: decimal32(5, 2)", "ten", "row 0")]
    [InlineData("a: fixed_size_binary[4]", "abc", "row 0")]
    [InlineData("a: list<int8>", "[300]", "'a'")]
    [InlineData("a: list<int8>", "[1", "row 0")]
    [InlineData("a: list<int8>", "[1]},{\"a\":[2]", "row 0")]
    public async Task A_typed_value_that_does_not_fit_is_refused_with_its_column_and_row(string column, string value, string place)
    {
        Schema schema = TypeNames.ParseSchema(column);
        string name = $"misfit-{Guid.NewGuid():N}";
        await server.Server.Engine.CreateStreamAsync(name, schema);
        var values = new ColumnValues { Name = "a" };
        switch (schema.Fields[0].Type)
        {
            case IntegerType or TimeType:
                values.Ints = new Int64Values { Values = { long.Parse(value) } };
                break;
            case FloatType:
                values.Doubles = new DoubleValues { Values = { double.Parse(value) } };
                break;
            case DecimalType:
                values.Strings = new StringValues { Values = { value } };
                break;
            case FixedSizeBinaryType:
                values.Bytes = new BytesValues { Values = { ByteString.CopyFromUtf8(value) } };
                break;
            default:
                values.Json = new StringValues { Values = { value } };
                break;
        }

        var e = await Assert.ThrowsAsync<Rpc.RpcException>(
            () => server.AppendAsync(new AppendRequest { Stream = name, Columns = new ColumnBatch { RowCount = 1, Columns = { values } } }));
        Assert.Equal(ErrorCode.InvalidData, RunningServer.DetailOf(e).Code);
        Assert.Contains("column 'a'", e.Message, StringComparison.Ordinal);
        Assert.Contains(place, e.Message, StringComparison.Ordinal);
    }

    private static ColumnBatch Columns(RecordBatch rows)
    {
        using CallShare share = new CallMemory().Open();
        return ColumnBatchWriter.Write(rows, new ShareBuffer(share, "a batch"));
    }

    private static AppendRequest Request(string stream, RecordBatch rows, RowFormat format)
    {
        if (format == RowFormat.Arrow)
            return RunningServer.Arrow(stream, rows);
        if (format == RowFormat.Columns)
            return new AppendRequest { Stream = stream, Columns = Columns(rows) };
        var json = new ArrayBufferWriter<byte>();
        JsonRows.Write(rows, json);
        return RunningServer.Json(stream, Encoding.UTF8.GetString(json.WrittenSpan));
    }

    private static void AssertSame(RecordBatch expected, RecordBatch found)
    {
        for (int i = 0; i < expected.Columns.Count; i++)
            Assert.True(ArrayEquality.Equals(expected.Columns[i], found.Columns[i]), $"column {expected.Schema.Fields[i]} differs");
    }

    private async Task<StreamDescription> CreateAsync(string name)
    {
        var request = new CreateStreamRequest { Name = name, ArrowSchema = ByteString.CopyFrom(SchemaMessage.Encode(AllTypes.Schema)) };
        return (await server.CallAsync<CreateStreamRequest, CreateStreamResponse>("CreateStream", request)).Stream;
    }

    private async Task<RecordBatch> ReadArrowAsync(string stream)
    {
        var reader = new IpcPieceReader();
        List<RecordBatch> batches = [];
        foreach (ReadResponse response in await server.ReadAsync(new ReadRequest { Stream = stream }))
            batches.AddRange(reader.Read(response.Arrow.Memory));
        return ArrayConcat.Concat(batches);
    }
}
