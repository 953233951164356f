namespace Varve.EndToEnd.Tests.Runbook;

/// <summary>A line of the runbook.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="ExitCode">What it is to end with.</param>
public sealed record RunbookCommand(string Text, int ExitCode);
