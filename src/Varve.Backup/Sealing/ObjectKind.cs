namespace Varve.Backup.Sealing;

/// <summary>What a sealed object holds; stands in its header, so that none is taken for one of another kind. Frozen.</summary>
internal enum ObjectKind
{
    Data = 1,
    Snapshot = 2,
    History = 3,
    Lock = 4,
    Archive = 5,
}
