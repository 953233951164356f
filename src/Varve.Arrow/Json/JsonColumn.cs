using System.Text.Json;
using System.Text.Unicode;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Arrow.Json;

/// <summary>Reads the values of one column, or of one child, from JSON into its builder. Used by one thread.</summary>
internal abstract class JsonColumn(Field field, ArrayBuilder builder, string path, JsonPlace place)
{
    /// <summary>What a null, and what a value besides its characters and elements takes in memory: a short text cannot ask for much of it.</summary>
    private readonly long _nullBytes = ArraySize.NullBytes(field.Type);
    private readonly long _valueBytes = OwnBytes(field.Type);
    private readonly bool _isNullable = field.IsNullable;

    protected ArrowType Type { get; } = field.Type;

    protected ArrayBuilder Builder { get; } = builder;

    protected string Path { get; } = path;

    protected JsonPlace Place { get; } = place;

    /// <summary>A builder for rows of a field.</summary>
    public static ArrayBuilder BuilderOf(Field field, string path) => HasDictionary(field.Type)
        ? throw new ArrowFormatException($"column '{MessageText.Cut(path + field.Name)}': JSON is not read into dictionaries, flatten the schema")
        : ArrayBuilder.Create(field.Type);

    /// <param name="field">The name, type and nullability.</param>
    /// <param name="builder">The builder of the field's type, which may belong to the builder of a parent.</param>
    /// <param name="path">What messages call the column.</param>
    /// <param name="place">The reader that this is part of.</param>
    public static JsonColumn Create(Field field, ArrayBuilder builder, string path, JsonPlace place) => builder switch
    {
        BooleanBuilder booleans => new JsonBooleanColumn(field, booleans, path, place),
        Int8Builder numbers => new JsonIntegerColumn<sbyte>(field, numbers, path, place),
        Int16Builder numbers => new JsonIntegerColumn<short>(field, numbers, path, place),
        Int32Builder numbers => new JsonIntegerColumn<int>(field, numbers, path, place),
        Int64Builder numbers => new JsonIntegerColumn<long>(field, numbers, path, place),
        UInt8Builder numbers => new JsonIntegerColumn<byte>(field, numbers, path, place),
        UInt16Builder numbers => new JsonIntegerColumn<ushort>(field, numbers, path, place),
        UInt32Builder numbers => new JsonIntegerColumn<uint>(field, numbers, path, place),
        UInt64Builder numbers => new JsonIntegerColumn<ulong>(field, numbers, path, place),
        Float16Builder numbers => new JsonFloatColumn<Half>(field, numbers, path, place),
        Float32Builder numbers => new JsonFloatColumn<float>(field, numbers, path, place),
        Float64Builder numbers => new JsonFloatColumn<double>(field, numbers, path, place),
        DecimalBuilder numbers => new JsonDecimalColumn(field, numbers, path, place),
        Utf8Builder texts => new JsonTextColumn(field, texts, path, place),
        BinaryBuilder or FixedSizeBinaryBuilder => new JsonBinaryColumn(field, builder, path, place),
        CountBuilder counts => new JsonTemporalColumn(field, counts, path, place),
        IntervalBuilder intervals => new JsonIntervalColumn(field, intervals, path, place),
        ListBuilder lists => new JsonListColumn(field, lists, path, place),
        StructBuilder structs => new JsonStructColumn(field, structs, path, place),
        MapBuilder maps => new JsonMapColumn(field, maps, path, place),
        _ => new JsonNullColumn(field, builder, path, place),
    };

    public ArrayData Build() => Builder.Build();

    /// <summary>Reads the value that begins at the reader's token.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            AppendNull("null");
            return;
        }

        Place.Budget.Take(_valueBytes);
        ReadValue(ref reader);
    }

    /// <summary>Appends the null that a field means that is not there.</summary>
    public void AppendMissing() => AppendNull("no such field");

    /// <summary>The text of a string or name.</summary>
    public static string Text(ref Utf8JsonReader reader, string path, JsonPlace place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw NotUtf8(ref reader, path, place, e);
        }
    }

    protected abstract void ReadValue(ref Utf8JsonReader reader);

    protected string Text(ref Utf8JsonReader reader) => Text(ref reader, Path, Place);

    protected ArrowFormatException NotUtf8(ref Utf8JsonReader reader, Exception? inner = null) => NotUtf8(ref reader, Path, Place, inner);

    protected ArrowFormatException Fail(ref Utf8JsonReader reader, string? detail = null) =>
        Place.Fail(Path, detail is null ? MessageText.Cut(Type) : $"{MessageText.Cut(Type)}, {detail}", JsonPlace.Show(ref reader));

    private static ArrowFormatException NotUtf8(ref Utf8JsonReader reader, string path, JsonPlace place, Exception? inner) =>
        Utf8.IsValid(reader.ValueSpan)
            ? place.Fail(path, "text", $"half of a surrogate pair in {JsonPlace.Show(ref reader)}", inner)
            : place.Fail(path, "valid UTF-8", JsonPlace.Show(ref reader), inner);

    private void AppendNull(string found)
    {
        if (!_isNullable)
            throw Place.Fail(Path, $"{MessageText.Cut(Type)} (the column is not nullable)", found);
        Place.Budget.Take(_nullBytes);
        Builder.AppendNull();
    }

    private static long OwnBytes(ArrowType type) => type switch
    {
        StructType or FixedSizeListType => 0,
        Utf8ViewType or BinaryViewType => ByteView.SizeBytes,
        LargeUtf8Type or LargeBinaryType or LargeListType => sizeof(long),
        Utf8Type or BinaryType or ListType or MapType => sizeof(int),
        _ => Math.Max(1, type.ByteWidth),
    };

    private static bool HasDictionary(ArrowType type) => type is DictionaryType || type.Children.Any(f => HasDictionary(f.Type));
}
