namespace Varve.Storage.Tests.Faults;

/// <summary>What happens at the call that is swept over.</summary>
public enum SweptFault
{
    /// <summary>The call fails with EIO.</summary>
    InputOutput,

    /// <summary>The call fails with ENOSPC.</summary>
    NoSpace,

    /// <summary>The call fails with EDQUOT.</summary>
    QuotaExceeded,

    /// <summary>The process ends before the call; the page cache stays.</summary>
    Kill,

    /// <summary>The power is cut before the call; what was not synced is gone, or torn.</summary>
    PowerCut,
}
