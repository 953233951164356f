using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Scan.Filtering;

/// <summary>Makes the tests of rows that conditions ask for.</summary>
internal static class RowTests
{
    /// <summary>Null for conditions that are not tested row by row: they keep all rows.</summary>
    public static RowTest? Of(Condition condition)
    {
        switch (condition)
        {
            case NullState state:
                return new NullTest(state.Column, state.IsNull);
            case { OnlyColumn: { HasBytes: true } column }:
                return new BytesTest(column, condition);
            case AllOf all:
                RowTest[] parts = [.. all.Parts.Select(Of).OfType<RowTest>()];
                return parts switch { [] => null, [RowTest only] => only, _ => new AllTest(parts) };
            case AnyOf any:
                RowTest?[] choices = [.. any.Parts.Select(Of)];
                return choices.Contains(null) ? null : new AnyTest(choices!);
            case ColumnCondition single:
                return NumberTests.Of(single);
            default:
                return null;
        }
    }
}
