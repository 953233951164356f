namespace Varve.Query.Tests.Fixtures;

/// <summary>Tests that read the same twins: they are filled once.</summary>
[CollectionDefinition(Name)]
public sealed class TwinCollection : ICollectionFixture<TwinFixture>
{
    public const string Name = "twins";
}
