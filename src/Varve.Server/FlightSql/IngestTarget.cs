using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.FlightSql.Metadata;

namespace Varve.Server.FlightSql;

/// <summary>Where a CommandStatementIngest wants its rows.</summary>
/// <param name="Stream">The table's name.</param>
/// <param name="MayCreate">Whether a table that is not there is made.</param>
/// <param name="MayExist">Whether one that is there is appended to.</param>
internal sealed record IngestTarget(string Stream, bool MayCreate, bool MayExist)
{
    /// <param name="command">What the client asks for.</param>
    /// <param name="createsStreams">What holds where it does not say.</param>
    /// <exception cref="Rpc.RpcException">It asks for what Varve does not do; nothing that it asks for is passed over.</exception>
    public static IngestTarget Of(CommandStatementIngest command, bool createsStreams)
    {
        Transactions.Refuse(command.TransactionId);
        if (command.Temporary)
            throw Refused(command, "there are no temporary tables");
        if (command.Catalog is not ("" or TableCatalog.Name))
            throw Refused(command, $"there is no catalog '{command.Catalog}', only {TableCatalog.Name}");
        if (command.Schema is not ("" or TableCatalog.DbSchema))
            throw Refused(command, $"there is no schema '{command.Schema}', only {TableCatalog.DbSchema}");
        if (command.Options.Count > 0)
            throw Refused(command, $"the options {string.Join(", ", command.Options.Keys)} are unknown");
        CommandStatementIngest.Types.TableDefinitionOptions? options = command.TableDefinitionOptions;
        if (options?.IfExists == CommandStatementIngest.Types.TableDefinitionOptions.Types.TableExistsOption.Replace)
            throw Refused(command, "a table cannot be replaced; drop the stream first");
        return new IngestTarget(
            command.Table,
            (options?.IfNotExist ?? default) switch
            {
                CommandStatementIngest.Types.TableDefinitionOptions.Types.TableNotExistOption.Create => true,
                CommandStatementIngest.Types.TableDefinitionOptions.Types.TableNotExistOption.Fail => false,
                _ => createsStreams,
            },
            options?.IfExists != CommandStatementIngest.Types.TableDefinitionOptions.Types.TableExistsOption.Fail);
    }

    private static Rpc.RpcException Refused(CommandStatementIngest command, string why) =>
        ErrorMapper.Create(ErrorCode.Unsupported, $"cannot ingest into '{command.Table}': {why}", command.Table);
}
