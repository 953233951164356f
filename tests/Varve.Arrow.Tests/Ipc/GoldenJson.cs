using System.IO.Compression;
using System.Text.Json;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>
/// The JSON beside a golden file, and the comparison of batches with it: schema, metadata, row counts, validity, offsets of lists and every value
/// that is not null, also of dictionaries. Values are taken from the buffers here, independently of the library's own readers.
/// </summary>
internal sealed class GoldenJson
{
    private readonly JsonElement _root;
    private readonly Dictionary<long, JsonElement> _dictionaries = [];

    private GoldenJson(JsonElement root)
    {
        _root = root;
        if (!root.TryGetProperty("dictionaries", out JsonElement dictionaries))
            return;
        foreach (JsonElement dictionary in dictionaries.EnumerateArray())
            _dictionaries[dictionary.GetProperty("id").GetInt64()] = dictionary.GetProperty("data").GetProperty("columns")[0];
    }

    public static GoldenJson Load(string name)
    {
        using FileStream file = File.OpenRead(GoldenFiles.JsonPath(name));
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        return new GoldenJson(JsonDocument.Parse(unzipped).RootElement);
    }

    public void AssertEqual(Schema schema, IReadOnlyList<RecordBatch> batches)
    {
        Assert.Equal(GoldenSchema.Parse(_root.GetProperty("schema")), schema);
        AssertContent(schema, batches);
    }

    /// <summary>
    /// As <see cref="AssertEqual"/>, but the names inside maps may be others: the streams of map_non_canonical were written with the usual
    /// ones, while their JSON and their files have unusual ones.
    /// </summary>
    public void AssertEqualSaveForMapNames(Schema schema, IReadOnlyList<RecordBatch> batches)
    {
        Schema expected = GoldenSchema.Parse(_root.GetProperty("schema"));
        Assert.Equal(GoldenSchema.WithUsualMapNames(expected), GoldenSchema.WithUsualMapNames(schema));
        AssertContent(schema, batches);
    }

    private void AssertContent(Schema schema, IReadOnlyList<RecordBatch> batches)
    {
        JsonElement expectedSchema = _root.GetProperty("schema");
        AssertMetadata(GoldenSchema.Metadata(expectedSchema), schema.Metadata);
        JsonElement[] fields = [.. expectedSchema.GetProperty("fields").EnumerateArray()];
        for (int i = 0; i < fields.Length; i++)
            AssertMetadata(fields[i], schema.Fields[i]);

        JsonElement[] expected = [.. _root.GetProperty("batches").EnumerateArray()];
        Assert.Equal(expected.Length, batches.Count);
        for (int b = 0; b < expected.Length; b++)
        {
            Assert.Equal(expected[b].GetProperty("count").GetInt32(), batches[b].RowCount);
            JsonElement columns = expected[b].GetProperty("columns");
            for (int i = 0; i < fields.Length; i++)
                AssertColumn(columns[i], fields[i], batches[b].Columns[i], $"batch {b} {fields[i].GetProperty("name")}");
        }
    }

    private static void AssertMetadata(JsonElement expected, Field actual)
    {
        AssertMetadata(GoldenSchema.Metadata(expected), actual.Metadata);
        ArrowType type = actual.Type is DictionaryType dictionary ? dictionary.ValueType : actual.Type;
        JsonElement[] children = GoldenSchema.Children(expected);
        for (int i = 0; i < children.Length; i++)
            AssertMetadata(children[i], type.Children[i]);
    }

    private static void AssertMetadata(Dictionary<string, string> expected, IReadOnlyDictionary<string, string> actual) =>
        Assert.Equal(expected.OrderBy(p => p.Key, StringComparer.Ordinal), actual.OrderBy(p => p.Key, StringComparer.Ordinal));

    private void AssertColumn(JsonElement expected, JsonElement field, ArrayData actual, string where)
    {
        Assert.Equal(expected.GetProperty("count").GetInt32(), actual.Length);
        AssertValidity(expected, actual, where);
        if (actual.Dictionary is { } values)
        {
            AssertValues(expected, actual, where);
            JsonElement dictionary = _dictionaries[field.GetProperty("dictionary").GetProperty("id").GetInt64()];
            AssertPlain(dictionary, field, values, where + " dictionary");
            return;
        }

        AssertPlain(expected, field, actual, where);
    }

    private void AssertPlain(JsonElement expected, JsonElement field, ArrayData actual, string where)
    {
        AssertValidity(expected, actual, where);
        if (actual.Type.Id is ArrowTypeId.List or ArrowTypeId.Map or ArrowTypeId.LargeList)
        {
            long[] offsets = [.. expected.GetProperty("OFFSET").EnumerateArray().Select(o => long.Parse(o.ToString()))];
            for (int i = 0; actual.Length > 0 && i < offsets.Length; i++)
                Assert.True(offsets[i] == RawValues.Offset(actual, i), $"{where}: offset {i}: {RawValues.Offset(actual, i)}, expected {offsets[i]}");
        }

        if (actual.Children.Length > 0)
        {
            JsonElement[] fields = GoldenSchema.Children(field);
            for (int i = 0; i < fields.Length; i++)
                AssertColumn(expected.GetProperty("children")[i], fields[i], actual.Children[i], $"{where}.{fields[i].GetProperty("name")}");
            return;
        }

        if (actual.Type.Id is not (ArrowTypeId.Null or ArrowTypeId.Struct))
            AssertValues(expected, actual, where);
    }

    private static void AssertValidity(JsonElement expected, ArrayData actual, string where)
    {
        if (!expected.TryGetProperty("VALIDITY", out JsonElement validity))
        {
            Assert.Equal(ArrowTypeId.Null, actual.Type.Id);
            return;
        }

        int nulls = 0;
        for (int row = 0; row < actual.Length; row++)
        {
            bool isNull = validity[row].GetInt32() == 0;
            nulls += isNull ? 1 : 0;
            Assert.True(isNull == actual.IsNull(row), $"{where}[{row}]: null is {actual.IsNull(row)}, expected {isNull}");
        }

        Assert.Equal(nulls, actual.NullCount);
    }

    private static void AssertValues(JsonElement expected, ArrayData actual, string where)
    {
        JsonElement[] data = expected.TryGetProperty("DATA", out JsonElement values)
            ? [.. values.EnumerateArray()]
            : [.. expected.GetProperty("VIEWS").EnumerateArray()];
        Assert.Equal(actual.Length, data.Length);
        for (int row = 0; row < actual.Length; row++)
        {
            if (actual.IsNull(row))
                continue;
            string found = RawValues.Text(actual, row);
            string wanted = Wanted(data[row], expected, actual.Type);
            Assert.True(wanted == found, $"{where}[{row}]: {found}, expected {wanted}");
        }
    }

    private static string Wanted(JsonElement value, JsonElement column, ArrowType type) => type switch
    {
        BooleanType => value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.Number && value.GetInt32() != 0) ? "true" : "false",
        FloatType { BitWidth: 16 } => ((Half)value.GetDouble()).ToString("R"),
        FloatType { BitWidth: 32 } => ((float)value.GetDouble()).ToString("R"),
        FloatType => value.GetDouble().ToString("R"),
        IntervalType { Unit: not IntervalUnit.YearMonth } => string.Join(' ', value.EnumerateObject().Select(p => p.Value.ToString())),
        Utf8ViewType or BinaryViewType => View(value, column, type is BinaryViewType),
        _ => value.ToString(),
    };

    private static string View(JsonElement view, JsonElement column, bool isBinary)
    {
        int size = view.GetProperty("SIZE").GetInt32();
        if (view.TryGetProperty("INLINED", out JsonElement inlined))
            return inlined.GetString()!;
        JsonElement buffers = column.GetProperty("VARIADIC_DATA_BUFFERS");
        string hex = buffers[view.GetProperty("BUFFER_INDEX").GetInt32()].GetString()!;
        string part = hex.Substring(view.GetProperty("OFFSET").GetInt32() * 2, size * 2);
        return isBinary ? part : System.Text.Encoding.UTF8.GetString(Convert.FromHexString(part));
    }
}
