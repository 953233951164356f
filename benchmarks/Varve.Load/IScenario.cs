namespace Varve.Load;

/// <summary>Something to measure next to its limit.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>What it measures, next to what, and its arguments with their defaults.</summary>
    string Summary { get; }

    Task RunAsync(LoadArguments arguments);
}
