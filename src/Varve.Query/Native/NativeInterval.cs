using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary><c>duckdb_interval</c>, also the 16 bytes of an INTERVAL in a vector.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeInterval(int Months, int Days, long Micros);
