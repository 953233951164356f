namespace Varve.Storage.Tests.Faults;

/// <summary>Ways in which a disk gives back something else than what was written.</summary>
internal enum DamageKind
{
    FlippedBit,
    ZeroedSector,
    ZeroedBlock,
    SwappedSectors,
    StaleSector,
    Truncated,
    Missing,
    StaleFile,
    SwappedFile,
}
