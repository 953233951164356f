namespace Varve.Server.Read;

/// <summary>Rows in the form that a response carries them in.</summary>
/// <param name="FieldNumber">Of the response's field.</param>
/// <param name="Parts">The field's bytes, one after the other; unchanged while they are written.</param>
/// <param name="SizeBytes">The sum of the parts.</param>
internal readonly record struct EncodedRows(int FieldNumber, IReadOnlyList<ReadOnlyMemory<byte>> Parts, long SizeBytes);
