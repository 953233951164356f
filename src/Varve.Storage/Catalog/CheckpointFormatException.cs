namespace Varve.Storage.Catalog;

/// <summary>Bytes are not the body of a checkpoint. <see cref="CheckpointFile"/> says of which file.</summary>
internal sealed class CheckpointFormatException(string message) : Exception(message);
