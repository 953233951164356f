using System.Text;
using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage.Keys;
using Varve.Storage.Records;

namespace Varve.Storage.Streams;

/// <summary>The rules for a stream's columns, checked when a stream is created and when columns are added.</summary>
internal static class SchemaRules
{
    public const int ColumnCountMax = 4_096;

    public const int ColumnNameBytesMax = 255;

    /// <summary>The schema of a new stream: dictionary columns become plain ones, since streams hold values.</summary>
    public static Schema ForNewStream(string stream, Schema schema)
    {
        Check(stream, "create", [], schema.Fields);
        return DictionaryDecoder.Flatten(schema);
    }

    /// <summary>The columns to add behind those of a stream. They must be nullable: rows that are there already have no values for them.</summary>
    public static IReadOnlyList<Field> ForNewColumns(string stream, Schema current, IReadOnlyList<Field> added)
    {
        Check(stream, "add columns to", current.Fields, added);
        foreach (Field field in added)
        {
            if (!field.IsNullable)
            {
                throw Invalid(stream, "add columns to", $"column '{field.Name}' is not nullable, and the rows that are there have no value for it");
            }
        }

        return [.. added.Select(DictionaryDecoder.Flatten)];
    }

    /// <summary>
    /// The change has to fit into one entry of the log, and to be read back from it as it is: a record that the reader refuses would keep the node
    /// from opening for ever.
    /// </summary>
    public static void CheckRecord(string stream, string verb, LogRecord record, int recordBytesMax)
    {
        LogRecord read;
        try
        {
            byte[] bytes = RecordWriter.Write(record);
            if (bytes.Length > recordBytesMax)
            {
                throw Invalid(
                    stream, verb, $"the columns and their metadata take {bytes.Length} bytes encoded, at most {recordBytesMax} are possible");
            }

            read = new RecordReader(_ => null, Keyring.Off()).ReadRecord(LogPosition.None, bytes);
        }
        catch (Exception e) when (e is ArrowFormatException or StorageException { Code: not StorageErrorCode.InvalidSchema })
        {
            throw Invalid(stream, verb, $"the columns cannot be stored: {e.Message}", e);
        }

        if (!FieldsOf(record).SequenceEqual(FieldsOf(read)))
            throw Invalid(stream, verb, "the columns would not be read back from the log as they are");
    }

    private static IReadOnlyList<Field> FieldsOf(LogRecord record) => record switch
    {
        CreateStreamRecord create => create.Schema.Fields,
        AddColumnsRecord add => add.Fields,
        _ => [],
    };

    private static void Check(string stream, string verb, IReadOnlyList<Field> current, IReadOnlyList<Field> added)
    {
        if (added.Count == 0)
            throw Invalid(stream, verb, "no columns are given, at least one is needed");
        if (current.Count + added.Count > ColumnCountMax)
            throw Invalid(stream, verb, $"it would have {current.Count + added.Count} columns, at most {ColumnCountMax} are possible");
        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (Field field in current)
            names.Add(field.Name, field.Name);
        foreach (Field field in added)
        {
            CheckName(stream, verb, field.Name);
            if (!names.TryAdd(field.Name, field.Name))
            {
                string other = names[field.Name];
                throw Invalid(stream, verb, other == field.Name
                    ? $"column '{field.Name}' exists already or is given twice"
                    : $"column '{field.Name}' differs from column '{other}' only in case, and SQL folds the case of names");
            }

            if (TypeRules.Problem(field.Type) is { } problem)
                throw Invalid(stream, verb, $"column '{field.Name}': {problem}");
        }
    }

    private static void CheckName(string stream, string verb, string name)
    {
        string? problem =
            name.Length == 0 ? "a column has no name"
            : name[0] == '_' ? $"column '{StreamName.Shown(name)}' begins with '_', which is for the node's own columns"
            : name.Length > ColumnNameBytesMax || Encoding.UTF8.GetByteCount(name) > ColumnNameBytesMax
                ? $"the name of column '{StreamName.Shown(name)}' takes more than {ColumnNameBytesMax} bytes"
            : name.Any(char.IsControl) ? $"the name of column '{StreamName.Shown(name)}' has a control character"
            : !IsText(name) ? $"the name of column '{StreamName.Shown(name)}' is not valid Unicode"
            : null;
        if (problem is not null)
            throw new StorageException(StorageErrorCode.InvalidName, $"cannot {verb} stream '{stream}': {problem}");
    }

    private static bool IsText(string name)
    {
        ReadOnlySpan<char> rest = name;
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int used) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[used..];
        }

        return true;
    }

    private static StorageException Invalid(string stream, string verb, string problem, Exception? inner = null) =>
        new(StorageErrorCode.InvalidSchema, $"cannot {verb} stream '{stream}': {problem}", inner);
}
