namespace Varve.Query.Results;

/// <summary>How a value of DuckDB becomes one of Arrow.</summary>
internal interface IValueConverter<TSource, TTarget>
{
    /// <exception cref="QueryException">The value does not fit.</exception>
    static abstract TTarget Convert(TSource value);
}
