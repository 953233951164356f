using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary><c>duckdb_result</c>: 48 bytes, passed by value to some functions. Only the last field means anything.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    private ulong _columnCount;
    private ulong _rowCount;
    private ulong _rowsChanged;
    private nint _columns;
    private nint _errorMessage;
    private nint _internalData;
}
