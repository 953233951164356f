using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Settings for a stream, which take the place of those that it has. They follow the rules already: columns only ever come to a stream.
/// </summary>
internal sealed class PendingSettings(StreamState stream, StoredSettings settings) : PendingChange
{
    protected override LogRecord Decide(StagedState state)
    {
        if (!state.TryFind(stream.Id, out StagedStream? staged))
            throw PendingDrop.Dropped("change the settings of", stream.Name);
        return new StreamSettingsRecord(stream.Id, state.Stamp(staged), settings);
    }
}
