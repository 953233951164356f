namespace Varve.Crash.Tests;

/// <summary>Rows that a member has processed; without any: it has ended.</summary>
/// <param name="Member">Who.</param>
/// <param name="From">The first offset.</param>
/// <param name="End">The offset behind the last.</param>
/// <param name="Delivery">Which delivery it was.</param>
internal readonly record struct MemberReport(MemberProcess Member, long From, long End, int Delivery)
{
    public bool IsEnd => End == 0;
}
