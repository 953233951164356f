namespace Varve.Arrow.Ipc;

/// <summary>The physical layouts of columns: which buffers and children follow in a message body.</summary>
internal enum ColumnLayout
{
    /// <summary>No buffers.</summary>
    Null,

    /// <summary>Validity, one bit per row.</summary>
    Bits,

    /// <summary>Validity, values of one width.</summary>
    FixedWidth,

    /// <summary>Validity, int32 offsets (rows + 1), bytes.</summary>
    Bytes,

    /// <summary>Validity, int64 offsets (rows + 1), bytes.</summary>
    LargeBytes,

    /// <summary>Validity, 16-byte views, data buffers counted apart.</summary>
    Views,

    /// <summary>Validity, int32 offsets (rows + 1), one child.</summary>
    List,

    /// <summary>Validity, int64 offsets (rows + 1), one child.</summary>
    LargeList,

    /// <summary>Validity, one child with a fixed number of elements to a row.</summary>
    FixedSizeList,

    /// <summary>Validity, children as long as the column.</summary>
    Struct,

    /// <summary>Type ids, rows of the children, no validity; the children. Written only.</summary>
    DenseUnion,
}

internal static class ColumnLayouts
{
    public static ColumnLayout Layout(this ArrowType type) => type.Id switch
    {
        ArrowTypeId.Null => ColumnLayout.Null,
        ArrowTypeId.Boolean => ColumnLayout.Bits,
        ArrowTypeId.Utf8 or ArrowTypeId.Binary => ColumnLayout.Bytes,
        ArrowTypeId.LargeUtf8 or ArrowTypeId.LargeBinary => ColumnLayout.LargeBytes,
        ArrowTypeId.Utf8View or ArrowTypeId.BinaryView => ColumnLayout.Views,
        ArrowTypeId.List or ArrowTypeId.Map => ColumnLayout.List,
        ArrowTypeId.LargeList => ColumnLayout.LargeList,
        ArrowTypeId.FixedSizeList => ColumnLayout.FixedSizeList,
        ArrowTypeId.Struct => ColumnLayout.Struct,
        ArrowTypeId.DenseUnion => ColumnLayout.DenseUnion,
        _ => ColumnLayout.FixedWidth,
    };
}
