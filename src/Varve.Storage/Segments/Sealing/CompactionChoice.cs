namespace Varve.Storage.Segments.Sealing;

/// <summary>Neighbouring segments to write anew as one.</summary>
/// <param name="Start">The place of the first of them in the stream's list.</param>
/// <param name="Count">How many they are; a single one is rewritten for its order or its key.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct CompactionChoice(int Start, int Count, CompactionReason Reason);
