namespace Varve.Load;

/// <summary>What a scenario measured is not what was promised. The message says what and by how much.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);
