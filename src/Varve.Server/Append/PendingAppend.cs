using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>A request that the engine has taken and the client has no answer to yet.</summary>
/// <param name="RequestId">The client's own.</param>
/// <param name="Stream">As the client named it.</param>
/// <param name="Result">Completes when the rows are durable and visible.</param>
/// <param name="SizeBytes">Of the request's message, about.</param>
/// <param name="StartedAt">A timestamp of the time provider.</param>
internal readonly record struct PendingAppend(ulong RequestId, string Stream, Task<AppendResult> Result, int SizeBytes, long StartedAt);
