using Varve.Arrow.Tests.Model;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests;

public class TypeNamesTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_type_is_read_back_from_its_name()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        IEnumerable<ArrowType> types =
        [
            .. RandomTypes.Flat, .. Enumerable.Range(0, 500).Select(_ => RandomTypes.Next(random)),
            new DictionaryType(ArrowTypes.UInt16, ArrowTypes.Utf8, false),
            new DictionaryType(ArrowTypes.Int8, ArrowTypes.Int64, true), new StructType([]),
        ];
        Assert.All(types, type => Assert.Equal(type, TypeNames.Parse(type.Name)));
    }

    [Fact]
    public void A_schema_is_read_back_from_its_text_whatever_its_names()
    {
        Schema schema = new([
            new Field("id", ArrowTypes.Int64, false), new Field("first name", ArrowTypes.Utf8),
            new Field("", ArrowTypes.Null), new Field(" padded ", ArrowTypes.Utf8),
            new Field("a\"b", ArrowTypes.Utf8), new Field("x: int8, y", new StructType([new Field("<n>", ArrowTypes.Utf8, false)])),
            new Field("tags", new ListType(new Field("item", ArrowTypes.Utf8, false)), false),
            new Field("größe", new TimestampType(TimeUnit.Nanosecond, "+02:00"))]);
        Assert.Equal(schema, TypeNames.ParseSchema(schema.ToString()));
        Assert.Empty(TypeNames.ParseSchema(" ").Fields);
    }

    [Theory]
    [InlineData("BIGINT", "int64")]
    [InlineData("string", "utf8")]
    [InlineData("Double", "float64")]
    [InlineData("decimal(10,2)", "decimal128(10, 2)")]
    [InlineData("timestamptz", "timestamp[us, UTC]")]
    [InlineData("timestamp", "timestamp[us]")]
    [InlineData(" list < int32  not   null > ", "list<int32 not null>")]
    [InlineData("struct<a:int8,b:utf8 not null>", "struct<a: int8, b: utf8 not null>")]
    [InlineData("map<utf8,map<int32,date>>", "map<utf8, map<int32, date32>>")]
    public void Other_spellings_mean_the_same(string text, string name) => Assert.Equal(name, TypeNames.Parse(text).Name);

    [Theory]
    [InlineData("", "at character 1: expected a type")]
    [InlineData("in64", "at character 1: expected a type such as int64, utf8 or timestamp[us, UTC], found 'in64'")]
    [InlineData("list<int64", "at character 11: expected '>', found the end")]
    [InlineData("list<>", "expected a type")]
    [InlineData("int64 x", "at character 7: expected nothing more, found 'x'")]
    [InlineData("timestamp[h]", "expected unit s, ms, us or ns")]
    [InlineData("timestamp[us, ]", "expected a time zone")]
    [InlineData("timestamp[us, UTC", "expected ']', found the end")]
    [InlineData("time32[us]", "expected unit s or ms")]
    [InlineData("decimal128(39, 0)", "expected a precision of 1 to 38")]
    [InlineData("decimal128(38, 39)", "expected a scale of at most 38")]
    [InlineData("decimal128(1.5, 0)", "expected ','")]
    [InlineData("fixed_size_binary[-1]", "expected a size of 0 or more")]
    [InlineData("fixed_size_binary[99999999999]", "expected a number")]
    [InlineData("dictionary<utf8, utf8>", "expected an integer type")]
    [InlineData("struct<a int8>", "expected ':'")]
    [InlineData("struct<\"a: int8>", "expected a closing double quote")]
    [InlineData("list<int8 not nul>", "expected 'null' behind 'not'")]
    [InlineData("map<utf8, int8, maybe>", "expected 'sorted'")]
    public void What_is_no_type_is_refused_with_its_place(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArrowFormatException>(() => TypeNames.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Equal(50, Depth(TypeNames.Parse(Nested(50))));
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => TypeNames.Parse(Nested(100_000)));
        Assert.Contains("at most 64 levels", e.Message, StringComparison.Ordinal);

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("list<", depth)) + "int8" + new string('>', depth);

        static int Depth(ArrowType type) => type.Children.Count == 0 ? 0 : 1 + Depth(type.Children[0].Type);
    }
}
