using Varve.Arrow;
using Varve.Arrow.Ipc;

namespace Varve.Cli.Output;

/// <summary>An Arrow IPC stream, for programs.</summary>
internal sealed class ArrowWriter(Schema schema, Stream output) : IRowWriter
{
    private readonly IpcStreamWriter _writer = new(output, schema, leaveOpen: true);

    public void Write(RecordBatch batch) => _writer.Write(batch);

    public void Finish() => _writer.Finish();

    public void Dispose() => _writer.Dispose();
}
