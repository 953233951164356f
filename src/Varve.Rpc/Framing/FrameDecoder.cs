namespace Varve.Rpc.Framing;

/// <summary>
/// Turns the bytes of one message into a value. The span lies in the reader's pooled buffer: it is valid only during the call, so
/// what shall live longer must be copied. Throws <see cref="MalformedMessageException"/> for bytes it can't read.
/// </summary>
public delegate T FrameDecoder<out T>(ReadOnlySpan<byte> message);
