using System.Buffers;
using System.Text;
using Varve.Arrow.Builders;
using Varve.Arrow.Json;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Values;

namespace Varve.Arrow.Tests.Json;

public class JsonRowsTests
{
    /// <summary>Type, text of the value, and the value as Format shows it (accepted) or what the error says was expected (refused).</summary>
    public static TheoryData<string, string, string> Accepted => new()
    {
        { "bool", "true", "true" },
        { "int8", "-128", "-128" },
        { "uint8", "255", "255" },
        { "int64", "9223372036854775807", "9223372036854775807" },
        { "int64", "\"-9223372036854775808\"", "-9223372036854775808" },
        { "uint64", "18446744073709551615", "18446744073709551615" },
        { "uint64", "\"18446744073709551615\"", "18446744073709551615" },
        { "float64", "1e3", "1000" },
        { "float64", "\"NaN\"", "NaN" },
        { "float32", "\"-Infinity\"", "-Infinity" },
        { "float32", "0.1", "0.1" },
        { "float16", "65504", "65500" },
        { "decimal128(5, 2)", "\"123.45\"", "123.45" },
        { "decimal128(5, 2)", "123.450", "123.45" },
        { "decimal128(5, 2)", "1.2345e2", "123.45" },
        { "decimal128(38, 0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999" },
        { "decimal128(5, -2)", "\"12300\"", "12300" },
        { "utf8", "\"\\u00e4\\uD83D\\uDE00\"", "ä😀" },
        { "binary", "\"AP8=\"", "00ff" },
        { "fixed_size_binary[2]", "\"AP8=\"", "00ff" },
        { "date32", "\"2024-02-29\"", "2024-02-29" },
        { "date32", "-1", "1969-12-31" },
        { "date64", "\"2024-02-29\"", "2024-02-29" },
        { "time32[s]", "\"23:59:59\"", "23:59:59" },
        { "time64[ns]", "\"00:00:00.000000001\"", "00:00:00.000000001" },
        { "time32[ms]", "1", "00:00:00.001" },
        { "timestamp[us]", "\"2024-01-31T01:02:03.5\"", "2024-01-31T01:02:03.500000" },
        { "timestamp[us]", "\"2024-01-31 01:02:03\"", "2024-01-31T01:02:03.000000" },
        { "timestamp[ms, UTC]", "\"2024-01-31T01:02:03.5+02:00\"", "2024-01-30T23:02:03.500Z" },
        { "timestamp[s, UTC]", "\"2024-01-31T01:02:03Z\"", "2024-01-31T01:02:03Z" },
        { "timestamp[s, UTC]", "1", "1970-01-01T00:00:01Z" },
        { "timestamp[ns]", "\"2262-04-11T23:47:16.854775807\"", "2262-04-11T23:47:16.854775807" },
        { "duration[ms]", "-1500", "-PT1.500S" },
        { "interval[year_month]", "14", "P14M" },
        { "interval[day_time]", "{\"milliseconds\": 5, \"days\": 1}", "P1DT0.005S" },
        { "list<int8>", "[1, null, 2]", "[1,null,2]" },
        { "fixed_size_list<int8>[2]", "[1, 2]", "[1,2]" },
        { "struct<a: int8, b: utf8>", "{\"b\": \"x\"}", "{\"a\":null,\"b\":\"x\"}" },
        { "map<utf8, int8>", "{\"k\": 1}", "{\"k\":1}" },
        { "map<utf8, int8>", "[{\"key\": \"k\", \"value\": 1}]", "{\"k\":1}" },
        { "map<int8, int8>", "[{\"value\": 1, \"key\": 2}]", "[{\"key\":2,\"value\":1}]" },
        { "null", "null", "" },
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "bool", "1", "column 'c': expected bool, found 1" },
        { "int8", "128", "expected int8, an integer from -128 to 127, found 128" },
        { "int8", "\"1\"", "found \"1\"" },
        { "int64", "1.0", "found 1.0" },
        { "int64", "1e3", "found 1e3" },
        { "int64", "9223372036854775808", "found 9223372036854775808" },
        { "int64", "\" 1\"", "found \" 1\"" },
        { "uint64", "-1", "expected uint64, an integer from 0" },
        { "float64", "1e999", "a number in range, found 1e999" },
        { "float32", "1e39", "a number in range" },
        { "float64", "\"nan\"", "found \"nan\"" },
        { "decimal128(5, 2)", "123.456", "at most 5 digits, 2 of them behind the point, found 123.456" },
        { "decimal128(5, 2)", "1234.5", "found 1234.5" },
        { "decimal128(5, 2)", "1e999999999", "found 1e999999999" },
        { "decimal128(5, 2)", "\"1,5\"", "found \"1,5\"" },
        { "decimal128(5, 2)", "\"--1\"", "found \"--1\"" },
        { "utf8", "5", "expected utf8, found 5" },
        { "utf8", "\"\\ud800\"", "half of a surrogate pair" },
        { "binary", "\"A\"", "base64 text, found \"A\"" },
        { "binary", "\"\\ud800\"", "column 'c'" },
        { "fixed_size_binary[3]", "\"AP8=\"", "base64 text of 3 bytes" },
        { "date32", "\"2023-02-29\"", "a date such as 2024-01-31, found \"2023-02-29\"" },
        { "date32", "\"+9999999-01-01\"", "a date that 32 bits of days reach" },
        { "date32", "2147483648", "a count from" },
        { "time32[s]", "\"24:00:00\"", "a time such as" },
        { "time32[s]", "\"12:00\"", "a time such as" },
        { "time32[s]", "\"12:00:00.5\"", "no digits finer than s" },
        { "time32[s]", "86400", "a count from 0 to 86399, found 86400" },
        { "timestamp[us]", "\"2024-01-31T01:02:03Z\"", "a timestamp without a zone" },
        { "timestamp[us, UTC]", "\"2024-01-31T01:02:03\"", "a timestamp with its zone" },
        { "timestamp[us, UTC]", "\"2024-01-31T01:02:03+25:00\"", "a timestamp with its zone" },
        { "timestamp[us]", "\"2024-01-31T01:02:03.1234567\"", "no digits finer than us" },
        { "timestamp[ns]", "\"2262-04-11T23:47:16.854775808\"", "a moment that 64 bits of ns reach" },
        { "timestamp[us]", "1.5", "a count from" },
        { "timestamp[us]", "\"1700000000000000\"", "a timestamp without a zone" },
        { "duration[ms]", "\"PT1S\"", "a number" },
        { "interval[year_month]", "3000000000", "a number of months" },
        { "interval[day_time]", "{\"days\": 1}", "column 'c.milliseconds': expected int32 (the column is not nullable), found no such field" },
        { "interval[month_day_nano]", "{\"hours\": 1}", "unknown field \"hours\"" },
        { "list<int8>", "{}", "an array, found an object" },
        { "list<int8>", "[1, \"x\"]", "column 'c[]': expected int8" },
        { "list<int8 not null>", "[null]", "column 'c[]': expected int8 (the column is not nullable), found null" },
        { "fixed_size_list<int8>[2]", "[1]", "an array of 2 elements, found 1 elements" },
        { "struct<a: int8 not null>", "{}", "column 'c.a': expected int8 (the column is not nullable), found no such field" },
        { "struct<a: int8>", "{\"a\": 1, \"a\": 2}", "column 'c.a': expected each field once, found it twice" },
        { "struct<a: int8>", "{\"b\": 1}", "column 'c': expected a field of a, found unknown field \"b\"" },
        { "map<utf8, int8>", "{\"k\": 1, \"k\": 2}", "each key once, found \"k\" twice" },
        { "map<utf8, int8>", "[{\"key\": null, \"value\": 1}]", "column 'c[].key'" },
        { "map<int8, int8>", "{\"1\": 1}", "an array of {key, value}, found an object" },
        { "map<int8, int8>", "[1]", "an object of key and value, found 1" },
        { "null", "0", "expected null, found 0" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_value_that_fits_is_read_exactly(string type, string json, string shown)
    {
        RecordBatch batch = Parse($"c: {type}", $$"""{"c": {{json}}}""");
        Assert.Equal(shown, ArrayReader.Format(batch.Columns[0], 0));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_does_not_fit_is_refused_with_row_column_expected_and_found(string type, string json, string problem)
    {
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => Parse($"c: {type}", $$"""{"c": null} {"c": {{json}}}"""));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("row 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, e.RowIndex);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("[]")]
    public void No_rows_are_a_batch_without_rows(string json) => Assert.Equal(0, Parse("a: int8", json).RowCount);

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2}")]
    [InlineData("{\"a\":1}\r\n\r\n{\"a\":2}\r\n")]
    [InlineData("[{\"a\":1},\n{\"a\":2}]")]
    [InlineData("\uFEFF {\"a\":1}{\"a\":2}")]
    public void Rows_stand_on_lines_or_in_an_array(string json) => PlainRows.AssertEqual([(sbyte)1, (sbyte)2], Parse("a: int8", json).Columns[0]);

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2", "row 1: expected valid JSON, found ", "line 2")]
    [InlineData("{\"a\":1}\n{\"a\":x}", "row 1: expected valid JSON", "line 2, byte 6")]
    [InlineData("[{\"a\":1}, 5]", "row 1: expected a row as an object, found 5", "")]
    [InlineData("[{\"a\":1}", "row 1: expected valid JSON", "")]
    [InlineData("[{\"a\":1}] {\"a\":1}", "expected nothing behind the array of rows, found an object", "")]
    [InlineData("{\"a\":1} [1]", "row 1: expected a row as an object, found an array", "")]
    [InlineData("{\"a\":1}\n{\"b\":1}", "row 1: expected a field of a, found unknown field \"b\"", "")]
    [InlineData("{\"a\":1}\n{\"a\":1,\"a\":1}", "row 1, column 'a': expected each field once", "")]
    [InlineData("{\"a\":1}\n{}", "row 1, column 'a': expected int8 (the column is not nullable), found no such field", "")]
    [InlineData("{\"a\":1}\n{\"a\":null}", "row 1, column 'a': expected int8 (the column is not nullable), found null", "")]
    public void Text_that_is_no_row_is_refused_with_its_place(string json, string problem, string place)
    {
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => Parse("a: int8 not null", json));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Contains(place, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_in_values_names_and_keys()
    {
        Schema schema = TypeNames.ParseSchema("t: utf8, m: map<utf8, int8>, d: date32, b: binary, n: decimal128(3, 1)");
        string[] texts =
        [
            """{"t":"x?"}""", """{"t?":1}""", """{"m":{"?":1}}""", """{"d":"?"}""", """{"b":"?"}""", """{"n":"?"}""", """{"t":"\n?"}""", "?", "{?}",
        ];
        foreach (string json in texts)
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(json).Select(b => b == '?' ? (byte)0xFF : b)];
            Assert.Throws<ArrowFormatException>(() => JsonRows.Parse(schema, bytes));
        }

        Assert.Equal("x", ArrayReader.Format(JsonRows.Parse(schema, "{\"t\":\"x\"}"u8).Columns[0], 0));
    }

    [Fact]
    public void Found_values_are_shortened()
    {
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => Parse("a: int8", $$"""{"a": "{{new string('x', 10_000)}}"}"""));
        Assert.InRange(e.Message.Length, 50, 300);
        e = Assert.Throws<ArrowFormatException>(() => Parse("a: int8", $$"""{"{{new string('x', 10_000)}}": 1}"""));
        Assert.InRange(e.Message.Length, 50, 300);
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash()
    {
        string deep = $$"""{"a": {{new string('[', 100_000)}}""";
        Assert.Throws<ArrowFormatException>(() => Parse("a: list<list<int8>>", deep));
        Assert.Throws<ArrowFormatException>(() => Parse("a: int8", new string('[', 100_000)));
    }

    [Fact]
    public void Short_text_cannot_ask_for_much_memory()
    {
        string nulls = string.Concat(Enumerable.Repeat("{}", 100));
        Assert.Equal(100, Parse("a: fixed_size_list<int64>[1000]", nulls).RowCount);
        Assert.Throws<ArrowFormatException>(() => Parse("a: fixed_size_list<int64>[100000000]", nulls));
        const string Huge = "a: fixed_size_list<fixed_size_list<fixed_size_list<int8>[2000000000]>[2000000000]>[2000000000]";
        Assert.Throws<ArrowFormatException>(() => Parse(Huge, nulls));
        Assert.Throws<ArrowFormatException>(() => JsonRows.Parse(TypeNames.ParseSchema("a: int64"), Encoding.UTF8.GetBytes(nulls), bytesMax: 800));
        Assert.Equal(100, JsonRows.Parse(TypeNames.ParseSchema("a: int64"), Encoding.UTF8.GetBytes(nulls), bytesMax: 10_000).RowCount);
    }

    [Fact]
    public void Short_values_count_by_what_they_take_in_their_columns()
    {
        byte[] text = Encoding.UTF8.GetBytes($$"""{"a": [{{string.Join(',', Enumerable.Repeat('1', 1000))}}]}""");
        Schema wide = TypeNames.ParseSchema("a: list<decimal256(76, 0)>");
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => JsonRows.Parse(wide, text, bytesMax: 30_000));
        Assert.True(e.IsBeyondLimit);
        Assert.Equal(1, JsonRows.Parse(wide, text, bytesMax: 40_000).RowCount);
    }

    [Fact]
    public void A_schema_with_equal_names_or_dictionaries_is_refused()
    {
        ArrowFormatException equal = Assert.Throws<ArrowFormatException>(() => Parse("a: int8, a: int8", "{}"));
        Assert.Contains("two fields 'a'", equal.Message, StringComparison.Ordinal);
        ArrowFormatException dictionary = Assert.Throws<ArrowFormatException>(() => Parse("a: list<dictionary<int8, utf8>>", "{}"));
        Assert.Contains("flatten", dictionary.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_written_one_per_line_in_the_order_of_the_schema()
    {
        Schema schema = TypeNames.ParseSchema("id: int64, name: utf8, price: decimal128(5, 2), at: timestamp[us, UTC], \"q\"\"q\": bool");
        RecordBatch batch = new RecordBatchBuilder(schema)
            .AppendRow(1, "grün \"x\"", 1.5m, 0, true)
            .AppendRow(long.MaxValue, null, null, null, false).Build();
        ArrayBufferWriter<byte> output = new();
        JsonRows.Write(batch, output);
        Assert.Equal(
            """
            {"id":1,"name":"grün \"x\"","price":"1.50","at":"1970-01-01T00:00:00.000000Z","q\"q":true}
            {"id":9223372036854775807,"name":null,"price":null,"at":null,"q\"q":false}

            """,
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Dictionary_columns_are_written_as_their_values_and_maps_with_equal_keys_as_arrays()
    {
        DictionaryBuilder codes = new(new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false));
        codes.Append("x");
        codes.AppendNull();
        ArrayData array = codes.Build();
        MapBuilder maps = new((MapType)TypeNames.Parse("map<utf8, int8>"));
        maps.AppendValue(new KeyValuePair<string, object?>[] { new("k", 1), new("k", 2) });
        ArrayData map = maps.Build();
        Assert.Equal("\"x\"", Json(array, 0));
        Assert.Equal("null", Json(array, 1));
        Assert.Equal("""[{"key":"k","value":1},{"key":"k","value":2}]""", Json(map, 0));

        static string Json(ArrayData array, int row)
        {
            ArrayBufferWriter<byte> output = new();
            JsonRows.WriteValue(array, row, output);
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
    }

    private static RecordBatch Parse(string schema, string json) => JsonRows.Parse(TypeNames.ParseSchema(schema), Encoding.UTF8.GetBytes(json));
}
