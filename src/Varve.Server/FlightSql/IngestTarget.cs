using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.FlightSql.Metadata;
using Options = Varve.Protocol.FlightSql.CommandStatementIngest.Types.TableDefinitionOptions;

namespace Varve.Server.FlightSql;

/// <summary>Where a CommandStatementIngest wants its rows.</summary>
/// <param name="Stream">The table's name.</param>
/// <param name="MayCreate">Whether a table that is not there is made.</param>
/// <param name="IfExists">What becomes of one that is there.</param>
internal sealed record IngestTarget(string Stream, bool MayCreate, IngestTarget.Existing IfExists)
{
    /// <summary>What becomes of a table that is there already.</summary>
    public enum Existing
    {
        Append,
        Fail,
        Replace,
    }

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
        Options? options = command.TableDefinitionOptions;
        bool mayCreate = (options?.IfNotExist ?? default) switch
        {
            Options.Types.TableNotExistOption.Create => true,
            Options.Types.TableNotExistOption.Fail => false,
            _ => createsStreams,
        };
        Existing ifExists = (options?.IfExists ?? default) switch
        {
            Options.Types.TableExistsOption.Fail => Existing.Fail,
            Options.Types.TableExistsOption.Replace => Existing.Replace,
            _ => Existing.Append,
        };

        // A table that is replaced is made anew, whatever holds where there is none.
        return new IngestTarget(command.Table, mayCreate || ifExists == Existing.Replace, ifExists);
    }

    private static Rpc.RpcException Refused(CommandStatementIngest command, string why) =>
        ErrorMapper.Create(ErrorCode.Unsupported, $"cannot ingest into '{command.Table}': {why}", command.Table);
}
