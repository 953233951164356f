namespace Varve.Storage;

/// <summary>What kind of operating failure a <see cref="StorageException"/> reports. The numbers are frozen; they travel over the wire.</summary>
public enum StorageErrorCode
{
    /// <summary>No stream of that name exists.</summary>
    StreamNotFound = 1,

    /// <summary>A stream of that name exists already.</summary>
    StreamAlreadyExists = 2,

    /// <summary>The columns of a batch do not fit the stream's schema: a name, a type, or a null where none may be.</summary>
    SchemaMismatch = 3,

    /// <summary>A stream or column name breaks the rules for names.</summary>
    InvalidName = 4,

    /// <summary>A schema cannot be that of a stream.</summary>
    InvalidSchema = 5,

    /// <summary>The rows themselves are damaged: offsets, UTF-8, sizes.</summary>
    InvalidData = 6,

    /// <summary>A batch is larger than one append may be.</summary>
    BatchTooLarge = 7,

    /// <summary>The memory set aside for unsealed rows is full. Reads go on.</summary>
    MemoryLimit = 8,

    /// <summary>The log failed or was closed: nothing is accepted until a restart recovers from the disk.</summary>
    NodeStopped = 9,

    /// <summary>Another process holds the data directory.</summary>
    DirectoryLocked = 10,

    /// <summary>Bytes on disk are not what was written. Nothing is skipped and nothing is deleted.</summary>
    Corruption = 11,

    /// <summary>The disk or a quota is full, and what was asked for was not done. The node goes on, and does it again once there is room.</summary>
    DiskFull = 12,

    /// <summary>Valid, but not something that this version can do.</summary>
    Unsupported = 13,

    /// <summary>An offset or position outside of what exists.</summary>
    OffsetOutOfRange = 14,

    /// <summary>Settings that a stream cannot have.</summary>
    InvalidSettings = 15,

    /// <summary>
    /// The root key is missing, cannot be read, or is not the one that the data directory is sealed with; or encryption is asked for, or refused,
    /// other than when the directory was made. Nothing was changed.
    /// </summary>
    KeyMismatch = 16,

    /// <summary>A file beside the log could not be written. What was asked for was not done; the node goes on.</summary>
    DiskError = 17,

    /// <summary>A stream does not end where the append expects it to: somebody else appended to it.</summary>
    OffsetMismatch = 18,

    /// <summary>The producer was opened again, and this session of it is over.</summary>
    ProducerFenced = 19,

    /// <summary>A producer's append is not the next one: appends before it are missing, or it was another one that had its number.</summary>
    OutOfSequence = 20,

    /// <summary>A producer's append was taken long ago: its rows are there, but what it was answered is not kept.</summary>
    AlreadyAppended = 21,

    /// <summary>No such producer: it was never opened, or forgotten because it was not used for long.</summary>
    ProducerNotFound = 22,

    /// <summary>The stream has no consumer of that name.</summary>
    ConsumerNotFound = 23,

    /// <summary>The stream has a consumer of that name already.</summary>
    ConsumerAlreadyExists = 24,

    /// <summary>The consumer was reset since: what was delivered before does not count any more.</summary>
    ConsumerFenced = 25,

    /// <summary>The rows were delivered to another member, or may be: the lease ran out, was given back, or the node restarted.</summary>
    LeaseLost = 26,

    /// <summary>A log position that was asked for did not become visible in time.</summary>
    PositionNotReached = 30,
}
