using Varve.Arrow;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan;

/// <summary>A column that a scan offers. Immutable.</summary>
/// <param name="name">Its name in SQL.</param>
/// <param name="kind">Where its values come from.</param>
/// <param name="index">Its place among the scan's columns.</param>
/// <param name="place">Its place in the stream's schema; -1 for a system column.</param>
/// <param name="type">How its values are stored.</param>
/// <param name="loader">How they reach DuckDB; for the computed columns it only gives the type.</param>
internal sealed class ScanColumn(string name, ScanColumnKind kind, int index, int place, ArrowType type, ColumnLoader loader)
{
    public string Name => name;

    public ScanColumnKind Kind => kind;

    public int Index => index;

    public int Field => place;

    public ArrowType Type => type;

    public ColumnLoader Loader => loader;

    /// <summary>Whether values are text or binary, which are compared byte by byte.</summary>
    public bool HasBytes { get; } = type is Utf8Type or LargeUtf8Type or Utf8ViewType
        or BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType;
}
