using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Something that changes state, on its way through the sequencer: staged (decided, and given to the log), applied when that is durable,
/// completed when it is visible. All methods are called by the sequencer, each at most once, in this order; a failure ends the way.
/// </summary>
internal abstract class PendingOperation
{
    /// <summary>The operation pushed before this one; belongs to <see cref="OperationQueue"/>.</summary>
    public PendingOperation? Next { get; set; }

    /// <summary>What the operation weighs, where that matters.</summary>
    public virtual long SizeBytes => 0;

    /// <summary>Whether it lets something go, or moves it out of memory: then it may use the room on the disk that is kept back.</summary>
    public virtual bool FreesSpace => false;

    /// <summary>What its entries take in the log at most, the unused ends of pages included; 0 where it writes nothing.</summary>
    /// <param name="pageBytes">Of the log's pages, into one of which any record fits.</param>
    public virtual long LogBytesMax(int pageBytes) => 2L * pageBytes;

    /// <summary>Ends the operation instead of <see cref="Stage"/>: there is no room for it.</summary>
    public virtual void Refuse(StorageException reason) => Fail(reason);

    /// <summary>
    /// Decides what the operation does after all those before it, and writes its records. False when there is nothing to commit: it was
    /// refused or called off, and whoever waits for it knows.
    /// </summary>
    public abstract bool Stage(StagedState state);

    /// <summary>Applies the records, which are durable now.</summary>
    public abstract void Apply(StreamCatalog catalog);

    /// <summary>Tells whoever waits. What they do next does not run on this thread.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}
