using Varve.Arrow;

namespace Varve.Storage.Streams;

/// <summary>Some of a stream's columns, in the stream's order. Immutable, so one is shared by all batches of the same shape.</summary>
internal sealed class ColumnProjection
{
    /// <param name="schema">The stream's columns.</param>
    /// <param name="indexes">Rising places in it.</param>
    public ColumnProjection(Schema schema, int[] indexes)
    {
        Indexes = indexes;
        IsPrefix = indexes.Length == 0 || indexes[^1] == indexes.Length - 1;
        Schema = indexes.Length == schema.Fields.Count ? schema : new Schema([.. indexes.Select(i => schema.Fields[i])]);
        HasViews = Schema.Fields.Any(f => TypeRules.HasViews(f.Type));
    }

    public int[] Indexes { get; }

    /// <summary>True when these are the first columns of the stream: all of them, or all there were before others were added.</summary>
    public bool IsPrefix { get; }

    public bool HasViews { get; }

    /// <summary>The schema of a batch that has just these columns.</summary>
    public Schema Schema { get; }
}
