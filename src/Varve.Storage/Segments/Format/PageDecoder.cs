namespace Varve.Storage.Segments.Format;

/// <summary>Makes something of a page's payload, which is there only during the call.</summary>
/// <exception cref="PageFormatException">The payload is not what its kind asks for.</exception>
/// <exception cref="Encoding.VectorFormatException">As above.</exception>
internal delegate T PageDecoder<T>(ReadOnlySpan<byte> payload);
