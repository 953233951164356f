namespace Varve.Query.Import;

/// <summary>Formats of files whose rows DuckDB reads. Text files may be compressed by gzip or zstd, which their names tell.</summary>
public enum ImportFormat
{
    /// <summary>Separator, quotes, header and types are found by looking.</summary>
    Csv,

    /// <summary>JSON objects one after the other, usually a line each, or one array of them.</summary>
    JsonLines,

    Parquet,
}
