namespace Varve.Rpc.Client;

/// <summary>Why the client itself ended a call.</summary>
internal enum CallEnd
{
    None,
    Cancelled,
    DeadlinePassed,
}
