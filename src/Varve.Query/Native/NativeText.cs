using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>UTF-8 text that crosses the boundary.</summary>
internal static unsafe class NativeText
{
    /// <summary>Text that stays DuckDB's; empty for null.</summary>
    public static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>Copies and frees text that DuckDB made for the caller; empty for null.</summary>
    public static string Take(byte* text)
    {
        if (text == null)
            return "";
        string copy = Read(text);
        DuckDbApi.duckdb_free(text);
        return copy;
    }
}
