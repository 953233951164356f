using Google.Protobuf;
using Varve.Protocol.V1;

namespace Varve.Server.Append;

/// <summary>
/// Where an <see cref="AppendPipeline"/> gets its rows, and in which words it answers. One side reads, one side answers, at the same time.
/// </summary>
internal interface IAppendSource
{
    /// <summary>The stream of the newest rows, for errors of reading; null before it is known.</summary>
    string? Stream { get; }

    /// <summary>The next rows; null when the client sends no more.</summary>
    ValueTask<AppendRows?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The message that acknowledges rows; null where they are not acknowledged one by one.</summary>
    IMessage? Answer(AppendResponse response);
}
