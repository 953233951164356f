using System.Buffers;
using Varve.Arrow;
using Varve.Arrow.Json;

namespace Varve.Cli.Output;

/// <summary>One JSON object per row and line.</summary>
internal sealed class JsonLinesWriter(Stream output) : IRowWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public void Write(RecordBatch batch)
    {
        JsonRows.Write(batch, _buffer);
        output.Write(_buffer.WrittenSpan);
        output.Flush();
        _buffer.ResetWrittenCount();
    }

    public void Finish() => output.Flush();

    public void Dispose() => _buffer.Clear();
}
