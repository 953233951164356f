using System.Diagnostics.CodeAnalysis;
using Varve.Arrow;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>What streams there are, and what they are like.</summary>
public sealed partial class StorageEngine
{
    /// <summary>
    /// Creates a stream with these columns; those of dictionary types become plain ones. Durable when it completes. Throws
    /// <see cref="StorageErrorCode.StreamAlreadyExists"/>, <see cref="StorageErrorCode.InvalidName"/>,
    /// <see cref="StorageErrorCode.InvalidSchema"/> or <see cref="StorageErrorCode.MemoryLimit"/>.
    /// </summary>
    public Task<StreamDescription> CreateStreamAsync(string name, Schema schema, CancellationToken cancellationToken = default) =>
        CreateStreamAsync(name, schema, StreamSettings.Default, cancellationToken);

    /// <summary>As the other, with settings. Throws <see cref="StorageErrorCode.InvalidSettings"/> too.</summary>
    public async Task<StreamDescription> CreateStreamAsync(
        string name, Schema schema, StreamSettings settings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingCreate create = Check(name, schema, settings);
        ThrowIfStopped();
        return await _keyLifecycle.CreateAsync(create).ConfigureAwait(false);
    }

    /// <summary>
    /// Throws what <see cref="CreateStreamAsync(string, Schema, CancellationToken)"/> would throw about the name and the columns; nothing is made.
    /// </summary>
    public void CheckNewStream(string name, Schema schema) => Check(name, schema, StreamSettings.Default);

    /// <summary>
    /// Puts settings in the place of those that the stream has. Durable when it completes. Throws <see cref="StorageErrorCode.InvalidSettings"/>.
    /// </summary>
    public async Task<StreamDescription> SetStreamSettingsAsync(string name, StreamSettings settings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamState stream = _catalog.Head.Find(name);
        return await SubmitAsync(new PendingSettings(stream, SettingsRules.Check(name, stream.Head.Schema, settings))).ConfigureAwait(false);
    }

    /// <summary>Adds nullable columns behind those that are there; rows that are there have null in them. Durable when it completes.</summary>
    public async Task<StreamDescription> AddColumnsAsync(string name, IReadOnlyList<Field> fields, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamState stream = _catalog.Head.Find(name);

        // Checked here, so that whatever is wrong with them fails their caller, and again when their turn comes, against the columns there are then.
        IReadOnlyList<Field> plain = SchemaRules.ForNewColumns(name, stream.Head.Schema.Schema, fields);
        SchemaRules.CheckRecord(name, "add columns to", new AddColumnsRecord(0, 0, 0, plain), _changeBytesMax);
        return await SubmitAsync(new PendingAddColumns(stream, plain, _changeBytesMax)).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops a stream and erases its key. Its name is free at once; views opened before stay valid, followers are told, appends that come later find
    /// no stream. Returns the stream as it was last. Durable when it completes. Throws <see cref="StorageErrorCode.DiskError"/> or
    /// <see cref="StorageErrorCode.DiskFull"/> where the stream is dropped, but its key not erased yet.
    /// </summary>
    public async Task<StreamDescription> DropStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamDescription dropped = await SubmitAsync(new PendingDrop(_catalog.Head.Find(name))).ConfigureAwait(false);
        _checkpointer.NoteChange();
        await _keyLifecycle.EraseAsync(dropped).ConfigureAwait(false);
        return dropped;
    }

    /// <summary>
    /// What the stream's segments take, column by column. Reads the footers of those that were not used of late. Throws
    /// <see cref="StorageErrorCode.Corruption"/> where one is damaged.
    /// </summary>
    public Task<StreamInspection> InspectStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        StreamHead head = _catalog.Head.Find(name).Head;
        return Task.Run(Inspect, cancellationToken);

        StreamInspection Inspect() => StreamInspection.Of(head.Description, head.Segments.Select(Opened));

        SegmentFile Opened(SegmentInfo info)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _segmentFiles.Of(info, head.Schema.Schema);
        }
    }

    public StreamDescription Describe(string name) => _catalog.Head.Find(name).Head.Description;

    public bool TryDescribe(string name, [NotNullWhen(true)] out StreamDescription? description)
    {
        description = _catalog.Head.TryFind(name, out StreamState? stream) ? stream.Head.Description : null;
        return description is not null;
    }

    /// <summary>All streams, in the ordinal order of their names.</summary>
    public IReadOnlyList<StreamDescription> List() =>
        [.. _catalog.Head.Streams.Values.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => s.Head.Description)];

    private PendingCreate Check(string name, Schema schema, StreamSettings settings)
    {
        StreamName.Validate(name);
        Schema plain = SchemaRules.ForNewStream(name, schema);
        StoredSettings stored = SettingsRules.Check(name, new StreamSchema(plain, version: 1), settings);
        SchemaRules.CheckRecord(name, "create", new CreateStreamRecord(0, 0, name, plain) { Settings = stored }, _changeBytesMax);
        return new PendingCreate(name, plain, stored);
    }

    private Task<StreamDescription> SubmitAsync(PendingChange change)
    {
        ThrowIfStopped();
        _sequencer.Submit(change);
        return change.Result;
    }
}
