namespace Varve.Arrow;

/// <summary>Bounds what one operation may allocate when its result can be far bigger than its input. Used by one thread.</summary>
internal sealed class ByteBudget(long bytesMax, string purpose)
{
    private long _takenBytes;

    /// <summary>Called before the allocation.</summary>
    /// <exception cref="ArrowFormatException">The budget is used up.</exception>
    public void Take(long bytes)
    {
        if (bytes < 0 || bytes > bytesMax - _takenBytes)
            throw new ArrowFormatException($"{purpose} would need more than {bytesMax} bytes") { IsBeyondLimit = true };
        _takenBytes += bytes;
    }
}
