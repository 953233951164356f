namespace Varve.Storage.Tests.Log;

/// <summary>A replayed entry, its payload copied.</summary>
internal sealed record ReplayedEntry(LogPosition Position, long Term, byte[] Payload);
