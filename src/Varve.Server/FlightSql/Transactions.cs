using Google.Protobuf;
using Varve.Protocol.V1;
using Varve.Server.Errors;

namespace Varve.Server.FlightSql;

/// <summary>There are none: every statement sees one moment, and every append is atomic by itself.</summary>
internal static class Transactions
{
    /// <exception cref="Rpc.RpcException">A request names a transaction.</exception>
    public static void Refuse(ByteString transactionId)
    {
        if (!transactionId.IsEmpty)
            throw ErrorMapper.Create(ErrorCode.Unsupported, "the request names a transaction, and Varve has none: leave transaction_id out");
    }
}
