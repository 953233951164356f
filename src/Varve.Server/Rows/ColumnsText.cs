using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Server.Errors;

namespace Varve.Server.Rows;

/// <summary>Schemas in the two forms of requests: columns with their types as text, and Arrow's schema message.</summary>
internal static class ColumnsText
{
    /// <exception cref="Rpc.RpcException">A type is unknown.</exception>
    public static Schema Parse(string stream, Columns columns) => new([.. columns.Columns_.Select(c => Parse(stream, c))]);

    /// <exception cref="Rpc.RpcException">The message is damaged, or has a type that is not read.</exception>
    public static Schema Parse(string stream, ByteString arrowSchema)
    {
        try
        {
            return SchemaMessage.Decode(arrowSchema.Span);
        }
        catch (ArrowFormatException e)
        {
            throw ErrorMapper.Create(
                ErrorCode.InvalidSchema, $"the Arrow schema for stream '{stream}' cannot be read: {e.Message}", stream, inner: e);
        }
    }

    private static Field Parse(string stream, Column column)
    {
        try
        {
            return new Field(column.Name, TypeNames.Parse(column.Type), !column.NotNull, new Dictionary<string, string>(column.Metadata));
        }
        catch (ArrowFormatException e)
        {
            throw ErrorMapper.Create(ErrorCode.InvalidSchema, $"column '{column.Name}' of stream '{stream}': {e.Message}", stream, inner: e);
        }
    }
}
