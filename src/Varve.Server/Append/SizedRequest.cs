using Varve.Protocol.V1;

namespace Varve.Server.Append;

/// <summary>A request, and how many bytes its message had.</summary>
internal readonly record struct SizedRequest(AppendRequest Request, int SizeBytes)
{
    public static SizedRequest Parse(ReadOnlySpan<byte> message) => new(AppendRequest.Parser.ParseFrom(message), message.Length);
}
