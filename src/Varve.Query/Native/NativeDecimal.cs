using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary><c>duckdb_decimal</c>: the unscaled value with its digits and scale.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeDecimal(byte Width, byte Scale, ulong Lower, long Upper);
