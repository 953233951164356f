namespace Varve.Storage;

/// <summary>What an acknowledgement promises. The numbers are frozen; they travel over the wire.</summary>
public enum Durability
{
    /// <summary>The rows are synced to this node's disk: they survive a crash of the process, of the system, and a power cut.</summary>
    LocalDisk = 1,

    /// <summary>The rows are synced to the disks of a majority of the replicas.</summary>
    Quorum = 2,
}
