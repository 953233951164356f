namespace Varve.Storage;

/// <summary>
/// The one family of operating failures of the engine. The message says what was attempted, on which stream or file, what was expected
/// and what was found.
/// </summary>
public sealed class StorageException(StorageErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageErrorCode Code { get; } = code;

    /// <summary>The damaged file, where the failure is damage of one.</summary>
    public string? File { get; init; }
}
