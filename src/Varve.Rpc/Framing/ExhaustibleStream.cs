namespace Varve.Rpc.Framing;

/// <summary>Bytes to read that remember whether more was asked for than there is.</summary>
internal sealed class ExhaustibleStream(byte[] source, int offset, int count) : MemoryStream(source, offset, count, writable: false)
{
    public bool IsExhausted { get; private set; }

    /// <summary>The base's other synchronous reads come through here.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = base.Read(buffer, offset, count);
        IsExhausted |= read == 0;
        return read;
    }
}
