namespace Varve.Rpc.Server;

/// <summary>Why a call was told to end before its handler was done.</summary>
internal enum EndCause
{
    None,
    ClientGone,
    DeadlinePassed,
    ServerStopping,
}
