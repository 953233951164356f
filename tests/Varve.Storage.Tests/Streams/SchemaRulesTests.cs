using Varve.Arrow;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Streams;

public class SchemaRulesTests
{
    public static TheoryData<ArrowType, string> RefusedTypes => new()
    {
        { new DenseUnionType([new Field("a", ArrowTypes.Int32)]), "is not a type that a column can have" },
        { new ListType(new Field("item", new DenseUnionType([new Field("a", ArrowTypes.Int32)]))), "is not a type that a column can have" },
        { new DecimalType(39, 0, 128), "decimal128(39, 0) is not a type" },
        { new DecimalType(5, 0, 96), "is not a type" },
        { new IntegerType(24, true), "int24 is not a type" },
        { new FixedSizeBinaryType(-1), "is not a type" },
        { new FixedSizeBinaryType(70_000), "one value of fixed_size_binary[70000] takes 70000 bytes, at most 65536 are possible" },
        { new FixedSizeListType(new Field("item", new FixedSizeListType(new Field("item", ArrowTypes.Int64), int.MaxValue)), int.MaxValue),
            "at most 65536" },
        { new MapType(new Field("entries", ArrowTypes.Int32, false), false), "is not a type" },
        { new DictionaryType(ArrowTypes.Int8, new DecimalType(99, 0, 128), false), "is not a type" },
        { Nested(40), "it is nested more than 32 levels deep" },
    };

    [Theory]
    [MemberData(nameof(RefusedTypes))]
    public void Types_that_cannot_be_kept_are_refused_by_name(ArrowType type, string problem)
    {
        StorageException e = Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", new Schema([new Field("col", type)])));
        Assert.Equal(StorageErrorCode.InvalidSchema, e.Code);
        Assert.StartsWith("cannot create stream 's': column 'col': ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "a column has no name")]
    [InlineData("_time", "begins with '_'")]
    [InlineData("a\0b", "has a control character")]
    public void Column_names_that_others_cannot_use_are_refused(string name, string problem)
    {
        StorageException e = Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", new Schema([new Field(name, ArrowTypes.Int32)])));
        Assert.Equal(StorageErrorCode.InvalidName, e.Code);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_name_that_is_no_text_is_refused()
    {
        StorageException e = Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", Of("a\uD800")));
        Assert.Equal(StorageErrorCode.InvalidName, e.Code);
        Assert.Contains("is not valid Unicode", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_names_may_have_255_bytes_of_any_script()
    {
        SchemaRules.ForNewStream("s", new Schema([new Field(new string('ü', 127), ArrowTypes.Int32), new Field("größe in m²", ArrowTypes.Int32)]));
        Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", new Schema([new Field(new string('ü', 128), ArrowTypes.Int32)])));
    }

    [Fact]
    public void Columns_are_unique_without_regard_to_case()
    {
        StorageException twice = Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", Of("a", "a")));
        StorageException folded = Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", Of("a", "A")));
        Assert.Contains("'a' exists already or is given twice", twice.Message, StringComparison.Ordinal);
        Assert.Contains("'A' differs from column 'a' only in case", folded.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_has_1_to_4096_columns()
    {
        Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", Of()));
        SchemaRules.ForNewStream("s", Of([.. Enumerable.Range(0, 4_096).Select(i => "c" + i)]));
        Assert.Throws<StorageException>(() => SchemaRules.ForNewStream("s", Of([.. Enumerable.Range(0, 4_097).Select(i => "c" + i)])));
    }

    [Fact]
    public void Dictionary_types_become_their_values()
    {
        ArrowType coded = new DictionaryType(ArrowTypes.Int16, ArrowTypes.Utf8, false);
        Schema schema = SchemaRules.ForNewStream("s", new Schema([new Field("a", coded), new Field("l", new ListType(new Field("item", coded)))]));
        Assert.Equal([ArrowTypes.Utf8, new ListType(new Field("item", ArrowTypes.Utf8))], schema.Fields.Select(f => f.Type));
    }

    private static Schema Of(params string[] names) => new([.. names.Select(n => new Field(n, ArrowTypes.Int32))]);

    private static ArrowType Nested(int depth) => depth == 0 ? ArrowTypes.Int32 : new ListType(new Field("item", Nested(depth - 1)));
}
