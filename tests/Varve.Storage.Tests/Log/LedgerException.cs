namespace Varve.Storage.Tests.Log;

/// <summary>The log broke its promise.</summary>
internal sealed class LedgerException(string message) : Exception(message);
