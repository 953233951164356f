using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Streams;

/// <summary>
/// One version of a stream's columns, with what matching batches to them needs. Immutable but for two caches that any thread may replace.
/// </summary>
internal sealed class StreamSchema
{
    /// <summary>What a stream takes in memory besides its columns, about.</summary>
    private const long StreamBytes = 4_096;

    private readonly Dictionary<string, int> _places;
    private volatile ColumnProjection? _lastProjection;
    private volatile ColumnMap? _lastMap;

    public StreamSchema(Schema schema, long version)
    {
        Schema = schema;
        Version = version;
        All = new ColumnProjection(schema, [.. Enumerable.Range(0, schema.Fields.Count)]);
        NullBytes = [.. schema.Fields.Select(f => ArraySize.NullBytes(f.Type))];
        WeightBytes = StreamBytes + SchemaSize.Bytes(schema);
        _places = new Dictionary<string, int>(schema.Fields.Count, StringComparer.Ordinal);
        for (int i = 0; i < schema.Fields.Count; i++)
            _places.Add(schema.Fields[i].Name, i);
    }

    public Schema Schema { get; }

    public long Version { get; }

    public ColumnProjection All { get; }

    /// <summary>Per column: what a null takes in memory, see <see cref="ArraySize.NullBytes"/>.</summary>
    public long[] NullBytes { get; }

    /// <summary>About what a stream with these columns takes in memory before it has rows, so that no number of empty streams can fill it.</summary>
    public long WeightBytes { get; }

    /// <summary>The place of a column, or -1. Case matters.</summary>
    public int IndexOf(string name) => _places.GetValueOrDefault(name, -1);

    public StreamSchema With(IReadOnlyList<Field> added) => new(new Schema([.. Schema.Fields, .. added], Schema.Metadata), Version + 1);

    /// <summary>The projection to these columns; batches tend to have the shape of the one before.</summary>
    public ColumnProjection Project(ReadOnlySpan<int> indexes)
    {
        if (indexes.Length == All.Indexes.Length)
            return All;
        ColumnProjection? last = _lastProjection;
        if (last is null || !indexes.SequenceEqual(last.Indexes))
            _lastProjection = last = new ColumnProjection(Schema, indexes.ToArray());
        return last;
    }

    /// <summary>How the columns of a batch lie in the stream. Throws <see cref="StorageErrorCode.SchemaMismatch"/> where they do not.</summary>
    public ColumnMap Match(string stream, Schema batch)
    {
        ColumnMap? last = _lastMap;
        if (last is null || !ReferenceEquals(last.Batch, batch))
            _lastMap = last = ColumnMap.Create(stream, this, batch);
        return last;
    }
}
