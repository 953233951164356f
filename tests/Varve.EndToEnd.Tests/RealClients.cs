using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>
/// One daemon and one installation of each kind of client for all these tests, which run one after the other: each starts processes of its own.
/// </summary>
[CollectionDefinition(Name)]
public class RealClients : ICollectionFixture<Daemon>, ICollectionFixture<NodeClients>, ICollectionFixture<PythonClients>
{
    public const string Name = "real clients";
}
