using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Read;

/// <summary>
/// Which columns a reader gets. Settled when the read starts: columns that are added to the stream later do not appear, and since columns are only
/// ever added at the end, the places found here hold for all later views. Immutable.
/// </summary>
internal sealed class ReadColumns
{
    private const string OffsetName = "_offset";
    private const string TimeName = "_time";

    /// <summary>Places of the system columns, which are not among the columns of a chunk.</summary>
    private const int OffsetPlace = -1;
    private const int TimePlace = -2;

    private static readonly Field OffsetField = new(OffsetName, ArrowTypes.Int64, isNullable: false);
    private static readonly Field TimeField = new(TimeName, ArrowTypes.TimestampMicrosUtc, isNullable: false);

    private readonly int[] _places;

    private ReadColumns(Schema schema, int[] places)
    {
        Schema = schema;
        _places = places;
    }

    public Schema Schema { get; }

    /// <param name="stream">What is read.</param>
    /// <param name="names">In the order wanted, system columns among them; none: the stream's own columns.</param>
    /// <exception cref="Rpc.RpcException">A name is unknown or stands twice.</exception>
    public static ReadColumns Of(StreamDescription stream, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return new ReadColumns(stream.Schema, [.. Enumerable.Range(0, stream.Schema.Fields.Count)]);
        var fields = new Field[names.Count];
        int[] places = new int[names.Count];
        HashSet<int> seen = [];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = PlaceOf(stream, names[i]);
            if (!seen.Add(places[i]))
                throw ErrorMapper.InvalidRequest($"cannot read stream '{stream.Name}': column '{names[i]}' is asked for twice", stream.Name);
            fields[i] = places[i] switch { OffsetPlace => OffsetField, TimePlace => TimeField, int place => stream.Schema.Fields[place] };
        }

        return new ReadColumns(new Schema(fields, stream.Schema.Metadata), places);
    }

    /// <summary>Rows [start, start + count) of a chunk. Nothing is copied; only the offsets are made.</summary>
    /// <param name="chunk">Where the rows are.</param>
    /// <param name="start">The first, counted within the chunk.</param>
    /// <param name="count">How many.</param>
    /// <param name="buffers">Lend memory for what has to be decoded, until they are reset; null: memory of its own.</param>
    public RecordBatch Project(ViewChunk chunk, int start, int count, BlockBuffers? buffers = null)
    {
        var columns = new ArrayData[_places.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = _places[i] switch
            {
                OffsetPlace => Offsets(chunk.FirstOffset + start, count),
                TimePlace => (buffers is null ? chunk.Time : chunk.Times(buffers)).Slice(start, count),
                int place => (buffers is null ? chunk.Columns[place] : chunk.Column(place, buffers)).Slice(start, count),
            };
        }

        return new RecordBatch(Schema, count, columns);
    }

    /// <summary>Chosen rows of a chunk, counted within it and rising. Copied, unless they follow one another.</summary>
    public RecordBatch Project(ViewChunk chunk, ReadOnlySpan<int> rows)
    {
        RecordBatch all = Project(chunk, rows[0], rows[^1] - rows[0] + 1);
        if (all.RowCount == rows.Length)
            return all;
        int[] chosen = new int[rows.Length];
        for (int i = 0; i < chosen.Length; i++)
            chosen[i] = rows[i] - rows[0];
        return new RecordBatch(Schema, chosen.Length, [.. all.Columns.Select(c => ArrayTake.Take(c, chosen))]);
    }

    private static int PlaceOf(StreamDescription stream, string name)
    {
        if (name == OffsetName)
            return OffsetPlace;
        if (name == TimeName)
            return TimePlace;
        int place = stream.Schema.IndexOf(name);
        return place >= 0
            ? place
            : throw ErrorMapper.InvalidRequest($"cannot read stream '{stream.Name}': it has no column '{name}'", stream.Name);
    }

    private static ArrayData Offsets(long first, int count)
    {
        byte[] values = new byte[count * sizeof(long)];
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan());
        for (int i = 0; i < count; i++)
            offsets[i] = first + i;
        return new ArrayData(ArrowTypes.Int64, count, 0, [default, values]);
    }
}
