using Varve.Arrow;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The creation of a stream; name, schema and settings follow the rules already.</summary>
internal sealed class PendingCreate(string name, Schema schema, StoredSettings settings) : PendingChange
{
    protected override LogRecord Decide(StagedState state)
    {
        if (state.TryFind(name, out StagedStream? other))
        {
            string hint = other.Name == name ? "" : $", as '{other.Name}': names that differ only in case are one name in SQL";
            throw new StorageException(StorageErrorCode.StreamAlreadyExists, $"cannot create stream '{name}': it exists already{hint}");
        }

        StagedStream stream = state.Create(name, new StreamSchema(schema, version: 1));
        return new CreateStreamRecord(stream.Id, stream.LastTimeMicros, name, schema) { Settings = settings };
    }
}
