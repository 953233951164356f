namespace Varve.Rpc.Framing;

/// <summary>Bytes that a <see cref="FrameDecoder{T}"/> can't read. The call ends with INTERNAL, as for protobuf that does not parse.</summary>
public sealed class MalformedMessageException(string message, Exception? inner = null) : Exception(message, inner);
