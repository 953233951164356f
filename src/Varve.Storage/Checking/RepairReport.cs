namespace Varve.Storage.Checking;

/// <summary>What a repair could do.</summary>
/// <param name="PutBack">The damage that is mended: all rows of these segments are in new files, made from the log.</param>
/// <param name="Left">
/// A check after it. Its damage is what could not be mended; nothing of that was changed or deleted.
/// </param>
/// <param name="Reasons">Why not, a sentence for each file that was tried.</param>
public sealed record RepairReport(IReadOnlyList<Damage> PutBack, CheckReport Left, IReadOnlyList<string> Reasons);
