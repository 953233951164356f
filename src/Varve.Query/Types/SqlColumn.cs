using Varve.Arrow;

namespace Varve.Query.Types;

/// <summary>How SQL sees a column of a stream.</summary>
/// <param name="Field">The column as the stream has it.</param>
/// <param name="SqlType">Its type in SQL, such as <c>BIGINT</c> or <c>DECIMAL(9,2)[]</c>; null where the view leaves the column out.</param>
/// <param name="Problem">Why it is left out; null where it is not.</param>
public sealed record SqlColumn(Field Field, string? SqlType, string? Problem);
