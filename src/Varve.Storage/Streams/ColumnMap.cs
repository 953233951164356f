using Varve.Arrow;
using Varve.Arrow.Transform;

namespace Varve.Storage.Streams;

/// <summary>
/// How the columns of batches of one schema lie in a stream: matched by name, in any order, nullable ones may be missing. Immutable.
/// </summary>
internal sealed class ColumnMap
{
    private readonly int[] _sources;

    private ColumnMap(Schema batch, ColumnProjection projection, int[] sources)
    {
        Batch = batch;
        HasDictionaries = !ReferenceEquals(DictionaryDecoder.Flatten(batch), batch);
        Projection = projection;
        _sources = sources;
    }

    /// <summary>The schema of the batches.</summary>
    public Schema Batch { get; }

    /// <summary>Whether columns have to be written out first.</summary>
    public bool HasDictionaries { get; }

    /// <summary>The columns of the stream that the batches have.</summary>
    public ColumnProjection Projection { get; }

    /// <summary>The place in the batch of column i of the projection.</summary>
    public int SourceOf(int column) => _sources[column];

    public static ColumnMap Create(string stream, StreamSchema target, Schema batch)
    {
        int[] sourceOf = new int[target.Schema.Fields.Count];
        Array.Fill(sourceOf, -1);
        for (int i = 0; i < batch.Fields.Count; i++)
        {
            Field found = batch.Fields[i];
            int place = target.IndexOf(found.Name);
            if (place < 0)
            {
                throw Mismatch(
                    stream,
                    $"column '{StreamName.Shown(found.Name)}' is not one of the stream's columns; "
                    + $"found {found.Type.Name}, expected {Names(target)}");
            }

            if (sourceOf[place] >= 0)
                throw Mismatch(stream, $"column '{found.Name}' stands in the batch twice");
            sourceOf[place] = i;
        }

        for (int i = 0; i < sourceOf.Length; i++)
        {
            Field expected = target.Schema.Fields[i];
            if (sourceOf[i] < 0 && !expected.IsNullable)
                throw Mismatch(stream,
                    $"column '{expected.Name}' is missing; expected {expected.Type.Name} not null, and only nullable columns may be left out");
        }

        int[] present = [.. Enumerable.Range(0, sourceOf.Length).Where(i => sourceOf[i] >= 0)];
        return new ColumnMap(batch, target.Project(present), [.. present.Select(i => sourceOf[i])]);
    }

    /// <summary>The error of a batch that does not fit its stream.</summary>
    public static StorageException Mismatch(string stream, string problem) =>
        new(StorageErrorCode.SchemaMismatch, $"cannot append to stream '{stream}': {problem}");

    private static string Names(StreamSchema target)
    {
        const int shown = 8;
        string names = string.Join(", ", target.Schema.Fields.Take(shown).Select(f => f.Name));
        return target.Schema.Fields.Count > shown ? $"{names} and {target.Schema.Fields.Count - shown} more" : names;
    }
}
