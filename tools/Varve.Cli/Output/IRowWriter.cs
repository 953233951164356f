using Varve.Arrow;

namespace Varve.Cli.Output;

/// <summary>Prints rows in one format. Batches come one after the other; <see cref="Finish"/> once at the end.</summary>
internal interface IRowWriter
{
    void Write(RecordBatch batch);

    void Finish();
}
