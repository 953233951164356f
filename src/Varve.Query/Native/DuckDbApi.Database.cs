using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// The part of DuckDB's C API (1.5, duckdb.h) that Varve uses, under its own names. Text is UTF-8; ids and sizes are 64-bit.
/// </summary>
/// <remarks>
/// SuppressGCTransition is left off: a call costs 1.2 ns with or without it, and with the transition a garbage collection never
/// waits for native code. A few getters throw C++ exceptions, which would end the process: the wrappers in this folder ask first.
/// </remarks>
internal static unsafe partial class DuckDbApi
{
    /// <summary>Resolves to libduckdb.so beside the assembly.</summary>
    public const string Library = "duckdb";

    [LibraryImport(Library)]
    public static partial byte* duckdb_library_version();

    [LibraryImport(Library)]
    public static partial ulong duckdb_vector_size();

    [LibraryImport(Library)]
    public static partial void duckdb_free(void* memory);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_create_config(out ConfigHandle config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DuckDbState duckdb_set_config(ConfigHandle config, string name, string value);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_config(ref nint config);

    /// <summary>A null path opens a database in memory. The error text is freed with <see cref="duckdb_free"/>.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DuckDbState duckdb_open_ext(string? path, out DatabaseHandle database, ConfigHandle config, out byte* error);

    [LibraryImport(Library)]
    public static partial void duckdb_close(ref nint database);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_connect(DatabaseHandle database, out ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial void duckdb_disconnect(ref nint connection);

    /// <summary>May be called from any thread, also while no statement runs.</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_interrupt(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial void duckdb_connection_get_client_context(ConnectionHandle connection, out nint context);

    [LibraryImport(Library)]
    public static partial ulong duckdb_client_context_get_connection_id(nint context);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_client_context(ref nint context);
}
