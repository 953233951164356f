namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>What a sample says of the values' scales.</summary>
/// <param name="Best">The scale that suits all values.</param>
/// <param name="Short">
/// A scale that suits a part of the values, in so many bits less that it is worth keeping these apart from the others; null where there is none.
/// </param>
/// <param name="AreDecimals">Whether exceptions are so few that the values' bits cannot have more in common than their whole numbers.</param>
internal readonly record struct ScaleChoice(DecimalScale Best, DecimalScale? Short, bool AreDecimals);
