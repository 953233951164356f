using Varve.Arrow;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Columns to add to a stream, checked against those it has when its turn comes.</summary>
internal sealed class PendingAddColumns(StreamState stream, IReadOnlyList<Field> fields, int recordBytesMax) : PendingChange
{
    protected override LogRecord Decide(StagedState state)
    {
        if (!state.TryFind(stream.Id, out StagedStream? staged))
            throw PendingDrop.Dropped("add columns to", stream.Name);
        IReadOnlyList<Field> added = SchemaRules.ForNewColumns(stream.Name, staged.Schema.Schema, fields);
        AddColumnsRecord record = new(stream.Id, state.Stamp(staged), staged.Schema.Version + 1, added);
        SchemaRules.CheckRecord(stream.Name, "add columns to", record, recordBytesMax);
        state.AddColumns(staged, staged.Schema.With(added));
        return record;
    }
}
