using Varve.Arrow;

namespace Varve.Cli.Output;

/// <summary>Prints rows in one format. Batches come one after the other; <see cref="Finish"/> once at the end, unless the rows broke off.</summary>
internal interface IRowWriter : IDisposable
{
    /// <param name="batch">Nothing of it is kept.</param>
    void Write(RecordBatch batch);

    void Finish();
}
