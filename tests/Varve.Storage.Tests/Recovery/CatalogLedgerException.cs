namespace Varve.Storage.Tests.Recovery;

/// <summary>What <see cref="CatalogLedger"/> found wrong.</summary>
internal sealed class CatalogLedgerException(string message) : Exception(message);
