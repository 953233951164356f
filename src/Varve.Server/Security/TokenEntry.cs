namespace Varve.Server.Security;

/// <summary>A token that is let in: who shows it, and the SHA-256 hash of its UTF-8 bytes.</summary>
internal sealed record TokenEntry(string Name, byte[] Hash);
