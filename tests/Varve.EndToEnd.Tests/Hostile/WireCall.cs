using Google.Protobuf;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>A call as a well-behaved client makes it.</summary>
/// <param name="Path">/package.Service/Method.</param>
/// <param name="Messages">All of its requests, in order.</param>
internal sealed record WireCall(string Path, IReadOnlyList<IMessage> Messages)
{
    public byte[] Body => RawClient.Frames(Messages.Select(m => m.ToByteArray()));

    public override string ToString() => Path;
}
