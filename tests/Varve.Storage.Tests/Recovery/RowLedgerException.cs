namespace Varve.Storage.Tests.Recovery;

/// <summary>What <see cref="RowLedger"/> found wrong.</summary>
internal sealed class RowLedgerException(string message) : Exception(message);
