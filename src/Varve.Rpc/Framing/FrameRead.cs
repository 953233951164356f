using System.Diagnostics.CodeAnalysis;

namespace Varve.Rpc.Framing;

/// <summary>What a read gave: a message, or the end of the stream.</summary>
public readonly record struct FrameRead<T>(bool HasMessage, T? Message)
{
    internal static FrameRead<T> End => default;

    /// <summary>True with the message; false at the end of the stream.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T message)
    {
        message = Message;
        return HasMessage;
    }
}
