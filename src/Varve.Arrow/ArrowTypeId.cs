namespace Varve.Arrow;

/// <summary>
/// The logical types of Arrow that Varve reads and writes. Dense unions are written only; all unions, run-end and list-view columns that come in are
/// refused by name.
/// </summary>
public enum ArrowTypeId
{
    Null,
    Boolean,
    Integer,
    Float,
    Decimal,
    Utf8,
    LargeUtf8,
    Utf8View,
    Binary,
    LargeBinary,
    BinaryView,
    FixedSizeBinary,
    Date,
    Time,
    Timestamp,
    Duration,
    Interval,
    List,
    LargeList,
    FixedSizeList,
    Struct,
    Map,
    DenseUnion,
    Dictionary,
}
