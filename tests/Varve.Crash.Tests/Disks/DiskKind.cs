namespace Varve.Crash.Tests.Disks;

/// <summary>File systems that tests make for themselves.</summary>
public enum DiskKind
{
    /// <summary>ext4 in an image, over a loop device.</summary>
    Ext4,

    /// <summary>XFS in an image, over a loop device.</summary>
    Xfs,

    /// <summary>In memory, of a fixed size. It knows no power cut.</summary>
    Tmpfs,
}
