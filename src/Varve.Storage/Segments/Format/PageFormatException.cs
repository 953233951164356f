namespace Varve.Storage.Segments.Format;

/// <summary>The payload of a page is not what its kind asks for. Whoever read the page adds its file, place and column.</summary>
internal sealed class PageFormatException(string message) : Exception(message);
