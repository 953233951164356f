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
