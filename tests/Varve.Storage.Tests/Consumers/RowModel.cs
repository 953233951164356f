namespace Varve.Storage.Tests.Consumers;

/// <summary>One row of <see cref="ConsumerModel"/>.</summary>
internal sealed class RowModel
{
    public bool IsDone { get; private set; }

    public int FailureCount { get; set; }

    public long? LeaseId { get; set; }

    public string? Member { get; set; }

    public TimeSpan EndsAt { get; set; }

    public TimeSpan? RestsUntil { get; set; }

    public void Pass()
    {
        IsDone = true;
        LeaseId = null;
        RestsUntil = null;
    }
}
