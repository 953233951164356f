namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// The SQL types that a column of a result may have, with the numbers of X/Open's call-level interface (FlightSql.proto, XdbcDataType): what
/// GetXdbcTypeInfo answers. In order of their numbers, as the protocol asks.
/// </summary>
internal static class XdbcTypes
{
    public const int Bit = -7;
    public const int TinyInt = -6;
    public const int BigInt = -5;
    public const int VarBinary = -3;
    public const int Numeric = 2;
    public const int Decimal = 3;
    public const int Integer = 4;
    public const int SmallInt = 5;
    public const int Real = 7;
    public const int Double = 8;
    public const int DateTime = 9;
    public const int Interval = 10;
    public const int VarChar = 12;
    public const int Date = 91;
    public const int Time = 92;
    public const int Timestamp = 93;

    private const int BasicSearch = 2;      // WHERE, but not LIKE
    private const int FullSearch = 3;
    private const int Nullable = 1;

    private static readonly XdbcType[] All =
    [
        new("BOOLEAN", Bit, 1),
        new("TINYINT", TinyInt, 3) { Radix = 10 },
        new("UTINYINT", TinyInt, 3) { Radix = 10, IsUnsigned = true },
        new("BIGINT", BigInt, 19) { Radix = 10 },
        new("UBIGINT", BigInt, 20) { Radix = 10, IsUnsigned = true },
        new("BLOB", VarBinary, null) { Quote = "'" },
        new("HUGEINT", Numeric, 39) { Radix = 10 },
        new("DECIMAL", Decimal, 38) { Radix = 10, MaximumScale = 38 },
        new("INTEGER", Integer, 10) { Radix = 10 },
        new("UINTEGER", Integer, 10) { Radix = 10, IsUnsigned = true },
        new("SMALLINT", SmallInt, 5) { Radix = 10 },
        new("USMALLINT", SmallInt, 5) { Radix = 10, IsUnsigned = true },
        new("FLOAT", Real, 24) { Radix = 2 },
        new("DOUBLE", Double, 53) { Radix = 2 },
        new("INTERVAL", Interval, null) { Quote = "'" },
        new("VARCHAR", VarChar, null) { Quote = "'", Searchable = FullSearch, IsCaseSensitive = true },
        new("DATE", Date, 10) { Quote = "'", DateTimeSubcode = 1 },
        new("TIME", Time, 15) { Quote = "'", DateTimeSubcode = 2 },
        new("TIMESTAMP", Timestamp, 26) { Quote = "'", DateTimeSubcode = 3 },
        new("TIMESTAMP WITH TIME ZONE", Timestamp, 32) { Quote = "'", DateTimeSubcode = 3 },
    ];

    /// <summary>Rows of <see cref="MetadataSchemas.XdbcTypeInfo"/>; those of one type where a number is given.</summary>
    public static IEnumerable<object?[]> Rows(int? dataType) =>
        All.Where(t => dataType is null || t.DataType == dataType).Select(t => t.Row());

    private sealed record XdbcType(string Name, int DataType, int? Size)
    {
        public string? Quote { get; init; }

        public int? Radix { get; init; }

        public int? MaximumScale { get; init; }

        public int? DateTimeSubcode { get; init; }

        public int Searchable { get; init; } = BasicSearch;

        public bool IsCaseSensitive { get; init; }

        public bool IsUnsigned { get; init; }

        private bool IsNumber => Radix is not null;

        public object?[] Row() =>
        [
            Name,
            DataType,
            Size,
            Quote,
            Quote,
            null,                                                       // create_params
            Nullable,
            IsCaseSensitive,
            Searchable,
            IsNumber ? IsUnsigned : null,
            false,                                                      // fixed_prec_scale
            IsNumber ? false : null,                                    // auto_increment
            Name,
            MaximumScale is null ? null : 0,
            MaximumScale,
            DateTimeSubcode is null ? DataType : DateTime,
            DateTimeSubcode,
            Radix,
            null,                                                       // interval_precision
        ];
    }
}
