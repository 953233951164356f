namespace Varve.Storage.Tests.Faults;

/// <summary>What the sweep of failing calls goes over.</summary>
public enum SweptOperation
{
    Recover,
    Append,
    Seal,
    Compact,
    Rotate,
    Checkpoint,
    Truncate,
    Drop,
}
