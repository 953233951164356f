namespace Varve.Crash.Tests;

/// <summary>What a check after a crash found wrong.</summary>
internal sealed class CrashCheckException(string message) : Exception(message);
