using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Query.Native;
using Varve.Query.Pruning;
using Varve.Query.Pruning.Conditions;
using Varve.Query.Scan.Filtering;
using Varve.Query.Scan.Planning;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>
/// The table function <c>scan_stream('name')</c> that every stream's view is made of. DuckDB calls bind when it plans, init once per run,
/// local init once per thread and scan until that gives no more rows. Thread-safe.
/// </summary>
/// <remarks>
/// No managed exception may leave a callback: that would end the process. What DuckDB keeps for us is a GC handle, freed by the destroy
/// callback. A statement may see streams only through the scope of its own connection; any other connection, such as one that DuckDB
/// opens itself to run SQL given as text, is refused.
/// </remarks>
internal sealed unsafe class StreamScanFunction
{
    public const string Name = "scan_stream";

    private readonly ConcurrentDictionary<ulong, StatementScope> _scopes = [];

    /// <summary>Lets statements of a connection see the streams of <paramref name="scope"/> until it is closed again.</summary>
    public void Open(ulong connectionId, StatementScope scope)
    {
        if (!_scopes.TryAdd(connectionId, scope))
            throw new InvalidOperationException($"connection {connectionId} runs a statement already");
    }

    public void Close(ulong connectionId) => _scopes.TryRemove(connectionId, out _);

    /// <summary>Makes the function known to the instance of <paramref name="connection"/>; before the instance is locked.</summary>
    public void Register(DuckDbConnection connection)
    {
        nint function = DuckDbApi.duckdb_create_table_function();
        using LogicalTypeHandle text = DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Varchar);
        DuckDbApi.duckdb_table_function_set_name(function, Name);
        DuckDbApi.duckdb_table_function_add_parameter(function, text);
        DuckDbApi.duckdb_table_function_set_extra_info(function, Hand(this), &Free);
        DuckDbApi.duckdb_table_function_set_bind(function, &Bind);
        DuckDbApi.duckdb_table_function_set_init(function, &Init);
        DuckDbApi.duckdb_table_function_set_local_init(function, &LocalInit);
        DuckDbApi.duckdb_table_function_set_function(function, &Scan);
        DuckDbApi.duckdb_table_function_supports_projection_pushdown(function, true);
        if (ColumnStatistics.AreUsable)
            ColumnStatistics.Set(function, &GiveStatistics);
        DuckDbState state = DuckDbApi.duckdb_register_table_function(connection.Handle, function);
        DuckDbApi.duckdb_destroy_table_function(ref function);
        if (state != DuckDbState.Success)
            throw new QueryException(QueryErrorCode.Internal, $"DuckDB did not take the table function {Name}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        StatementScope? scope = null;
        try
        {
            var self = Held<StreamScanFunction>(DuckDbApi.duckdb_bind_get_extra_info(info));
            scope = self.ScopeOf(info);
            StreamView view = scope.Open(StreamName(info));
            ScanColumn[] columns = ScanColumns.Of(view.Stream.Schema);
            foreach (ScanColumn column in columns)
            {
                using LogicalTypeHandle type = column.Loader.CreateType();
                DuckDbApi.duckdb_bind_add_result_column(info, column.Name, type);
            }

            // A promise: false sets a maximum. Where the statement comes to see more rows than this, it is planned anew.
            DuckDbApi.duckdb_bind_set_cardinality(info, (ulong)(view.EndOffset - view.FirstOffset), false);
            DuckDbApi.duckdb_bind_set_bind_data(info, Hand(new ScanBinding(scope, view.Stream.Name, columns, new ColumnBounds(view))), &Free);
        }
#pragma warning disable CA1031 // Nothing may leave a callback; the statement fails with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            scope?.Fail(e);
            DuckDbApi.duckdb_bind_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* GiveStatistics(nint* place, nint context, nint bound, ulong index)
    {
        *place = 0;
        ScanBinding? binding = null;
        try
        {
            binding = Held<ScanBinding>(ColumnStatistics.BindData(bound));
            if (!binding.Scope.IsPlanRead && index < (ulong)binding.Columns.Length && binding.Bounds.Of(binding.Columns[index]) is { } zone)
                ColumnStatistics.Make(binding.Columns[index].Loader, zone, place);
        }
#pragma warning disable CA1031 // As above. There is no way to say that it failed here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            binding?.Scope.Fail(e);
            binding?.Scope.IsStopped = true;
        }

        return place;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
        ScanBinding? binding = null;
        try
        {
            binding = Held<ScanBinding>(DuckDbApi.duckdb_init_get_bind_data(info));
            var projection = new ScanColumn[DuckDbApi.duckdb_init_get_column_count(info)];
            for (int i = 0; i < projection.Length; i++)
            {
                // DuckDB may ask for a row id, which no column here has: the free column serves.
                ulong index = DuckDbApi.duckdb_init_get_column_index(info, (ulong)i);
                projection[i] = binding.Columns[index < (ulong)binding.Columns.Length ? (int)index : 0];
            }

            // Not the view that bind saw: all of the statement's views are of one moment now.
            StreamView view = binding.Scope.Open(binding.Stream);
            IReadOnlyList<ScanGroup> groups = view.Groups;
            Condition needed = binding.Scope.Conditions.GetValueOrDefault(view.Stream.Name, Condition.Always);
            Condition condition = FirstRowsBound.Settle(needed, groups);
            var queue = new BlockQueue(groups, condition, binding.Scope.Counts);
            DuckDbApi.duckdb_init_set_max_threads(info, (ulong)queue.ThreadCount());
            var execution = new ScanExecution(binding, projection, queue, new RowFilter(condition));
            DuckDbApi.duckdb_init_set_init_data(info, Hand(execution), &Free);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            binding?.Scope.Fail(e);
            DuckDbApi.duckdb_init_set_error(info, e.Message);
        }
    }

    /// <summary>The worker is made in the first scan call: only there DuckDB tells which run it belongs to.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void LocalInit(nint info)
    {
        try
        {
            DuckDbApi.duckdb_init_set_init_data(info, Hand(new ScanSlot()), &Free);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            DuckDbApi.duckdb_init_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Scan(nint info, nint chunk)
    {
        ScanExecution? execution = null;
        try
        {
            var slot = Held<ScanSlot>(DuckDbApi.duckdb_function_get_local_init_data(info));
            execution = Held<ScanExecution>(DuckDbApi.duckdb_function_get_init_data(info));
            slot.Worker ??= new ScanWorker(execution);
            DuckDbApi.duckdb_data_chunk_set_size(chunk, (ulong)slot.Worker.Fill(chunk));
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            execution?.Binding.Scope.Fail(e);
            DuckDbApi.duckdb_function_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data)
    {
        GCHandle handle = GCHandle.FromIntPtr(data);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }

    private static nint Hand(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    private static T Held<T>(nint data)
        where T : class => Unsafe.As<T>(GCHandle.FromIntPtr(data).Target!);

    private StatementScope ScopeOf(nint info)
    {
        DuckDbApi.duckdb_table_function_get_client_context(info, out nint context);
        ulong connection = DuckDbApi.duckdb_client_context_get_connection_id(context);
        DuckDbApi.duckdb_destroy_client_context(ref context);
        return _scopes.TryGetValue(connection, out StatementScope? scope)
            ? scope
            : throw new QueryException(QueryErrorCode.Refused, $"{Name} is not allowed here");
    }

    private static string StreamName(nint info)
    {
        using ValueHandle value = DuckDbApi.duckdb_bind_get_parameter(info, 0);

        // Reading a null as text would end the process.
        return DuckDbApi.duckdb_is_null_value(value)
            ? throw new QueryException(QueryErrorCode.InvalidStatement, $"{Name} needs the name of a stream, not NULL")
            : NativeText.Take(DuckDbApi.duckdb_get_varchar(value));
    }
}
