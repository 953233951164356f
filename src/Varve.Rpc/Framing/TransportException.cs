namespace Varve.Rpc.Framing;

/// <summary>The connection or the HTTP/2 stream broke under a read. Told apart from an I/O error that a decoder or handler meets elsewhere.</summary>
internal sealed class TransportException(IOException inner) : Exception(inner.Message, inner);
