namespace Varve.Storage;

/// <summary>
/// Appends of one caller that does not wait for the answer to one before it sends the next: once one of them is refused, none after it is taken.
/// Appends belong to it in the order in which they were made. Any thread.
/// </summary>
public sealed class AppendChain
{
    private volatile bool _isBroken;

    internal bool IsBroken => _isBroken;

    internal void Break() => _isBroken = true;
}
