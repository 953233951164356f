using Varve.Storage.Catalog;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// A look at the catalog between two groups of changes: everything up to a position, and nothing behind it. Appends go on around it.
/// </summary>
/// <param name="catalog">The catalog.</param>
/// <param name="visibleUpTo">The position of what is applied and published.</param>
internal sealed class PendingCapture(StreamCatalog catalog, Func<LogPosition> visibleUpTo) : PendingOperation
{
    private readonly TaskCompletionSource<CatalogCapture> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<CatalogCapture> Result => _result.Task;

    public override long LogBytesMax(int pageBytes) => 0;

    public override bool Stage(StagedState state) => true;

    public override void Apply(StreamCatalog catalog)
    {
        // Others of the group may come behind this one, with records in the same entry: the look is taken when all of them are applied.
    }

    public override void Complete() => _result.TrySetResult(new CatalogCapture(catalog, visibleUpTo()));

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
