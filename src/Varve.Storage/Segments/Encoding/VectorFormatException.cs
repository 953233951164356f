namespace Varve.Storage.Segments.Encoding;

/// <summary>Bytes are not the vector that was expected. Whoever reads a page adds its file, place and column.</summary>
internal sealed class VectorFormatException(string message, Exception? inner = null) : Exception(message, inner);
