using Varve.Arrow;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The creation of a stream; name, schema and settings follow the rules already.</summary>
internal sealed class PendingCreate(string name, Schema schema, StoredSettings settings) : PendingChange
{
    public static StorageException Exists(string verb, string name, string other)
    {
        string hint = other == name ? "" : $", as '{other}': names that differ only in case are one name in SQL";
        return new StorageException(StorageErrorCode.StreamAlreadyExists, $"cannot {verb} stream '{name}': it exists already{hint}");
    }

    protected override LogRecord Decide(StagedState state)
    {
        if (state.TryFind(name, out StagedStream? other))
            throw Exists("create", name, other.Name);
        StagedStream stream = state.Create(name, new StreamSchema(schema, version: 1));
        return new CreateStreamRecord(stream.Id, stream.LastTimeMicros, name, schema) { Settings = settings };
    }
}
