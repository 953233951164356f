using Varve.Rpc;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>How a call ended, as it stands on the wire.</summary>
/// <param name="Status">Null where none came: the call was given up, or the stream or connection was reset.</param>
/// <param name="Message">Of the status; without one, what happened instead.</param>
internal sealed record RawAnswer(StatusCode? Status, string Message);
