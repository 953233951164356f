namespace Varve.Query.Tests.Fixtures;

/// <summary>Tests that look at the memory of the whole process: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
