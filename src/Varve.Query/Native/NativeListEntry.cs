using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary><c>duckdb_list_entry</c>: where a row's list lies in the child vector.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeListEntry(ulong Offset, ulong Length);
