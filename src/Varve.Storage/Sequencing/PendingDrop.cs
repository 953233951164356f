using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A stream to drop. Appends that wait before it are in the stream that goes; those behind it find no stream.</summary>
internal sealed class PendingDrop(StreamState stream) : PendingChange
{
    public override bool FreesSpace => true;

    public static StorageException Dropped(string verb, string name) =>
        new(StorageErrorCode.StreamNotFound, $"cannot {verb} stream '{name}': it was dropped meanwhile");

    protected override LogRecord Decide(StagedState state)
    {
        if (!state.TryFind(stream.Id, out StagedStream? staged))
            throw Dropped("drop", stream.Name);
        state.Drop(staged);
        DropStreamRecord record = new(stream.Id, state.Stamp(staged));
        state.ChangeConsumers(record);
        return record;
    }
}
