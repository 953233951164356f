namespace Varve.Query.Scan.Loading;

/// <summary>Values of a stream that their SQL type cannot hold; the scan adds the stream, the column and the rows.</summary>
internal static class LoadErrors
{
    public static QueryException Misfit(string value, string sqlName) => new(QueryErrorCode.InvalidValue, $"{value} does not fit {sqlName}");
}
