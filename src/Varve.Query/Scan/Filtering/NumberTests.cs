using Varve.Arrow;
using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Filtering;

/// <summary>Makes tests for columns of booleans and of fixed width, by the layout of their values.</summary>
internal static class NumberTests
{
    /// <summary>Null for types and conditions that are not tested row by row.</summary>
    public static RowTest? Of(ColumnCondition condition)
    {
        ScanColumn column = condition.Column;
        return column.Type switch
        {
            BooleanType => Boolean(column, condition),
            FloatType { BitWidth: 32 } => Test(condition, RealScans.Of<float>(condition)),
            FloatType { BitWidth: 64 } => Test(condition, RealScans.Of<double>(condition)),
            IntegerType { IsSigned: false } => Unsigned(condition, column.Type.ByteWidth),
            IntegerType or DateType or TimeType or TimestampType or DurationType or DecimalType => Signed(condition, column.Type.ByteWidth),
            _ => null,
        };
    }

    private static RowTest? Signed(ColumnCondition condition, int widthBytes) => widthBytes switch
    {
        1 => Test(condition, WholeScans.Of<sbyte>(condition)),
        2 => Test(condition, WholeScans.Of<short>(condition)),
        4 => Test(condition, WholeScans.Of<int>(condition)),
        8 => Test(condition, WholeScans.Of<long>(condition)),
        16 => Test(condition, WholeScans.Wide(condition)),
        _ => null,
    };

    private static RowTest? Unsigned(ColumnCondition condition, int widthBytes) => widthBytes switch
    {
        1 => Test(condition, WholeScans.Of<byte>(condition)),
        2 => Test(condition, WholeScans.Of<ushort>(condition)),
        4 => Test(condition, WholeScans.Of<uint>(condition)),
        _ => Test(condition, WholeScans.Of<ulong>(condition)),
    };

    private static RowTest? Test<T>(ColumnCondition condition, ValueScan<T>? scan)
        where T : unmanaged
    {
        if (scan is null)
            return null;
        var test = new ColumnTest<T>(condition.Column, scan, ExpectedShares.Of(condition));
        return condition is Within range && condition.Column.Kind == ScanColumnKind.Offset ? new OffsetTest(range, test) : test;
    }

    private static RowTest? Boolean(ScanColumn column, ColumnCondition condition)
    {
        bool mayBeTrue = MayHold(condition, ZoneValue.Of(1));
        bool mayBeFalse = MayHold(condition, ZoneValue.Of(0));
        return (mayBeTrue, mayBeFalse) switch
        {
            (true, true) => new NullTest(column, isNull: false),
            (false, false) => null,
            _ => new BooleanTest(column, mayBeTrue),
        };
    }

    private static bool MayHold(ColumnCondition condition, ZoneValue value) => condition switch
    {
        Within range => (range.Least is not { } least || least <= value) && (range.Greatest is not { } greatest || greatest >= value),
        OneOf list => Array.IndexOf(list.Values, value) >= 0,
        NoneOf list => Array.IndexOf(list.Values, value) < 0,
        _ => true,
    };
}
