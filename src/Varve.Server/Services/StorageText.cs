using Varve.Protocol.V1;
using Varve.Storage.Segments;

namespace Varve.Server.Services;

/// <summary>What a stream's segments take, as clients get it. Stateless.</summary>
internal static class StorageText
{
    public static StreamStorage Describe(StreamInspection inspection) => new()
    {
        Columns = { inspection.Columns.Select(Describe) },
        RawBytes = inspection.RawBytes,
    };

    private static ColumnStorage Describe(ColumnSummary column) => new()
    {
        Name = column.Name,
        RowCount = column.RowCount,
        NullCount = column.NullCount,
        RawBytes = column.RawBytes,
        StoredBytes = column.StoredBytes,
        DictionaryBytes = column.DictionaryBytes,
        BloomBytes = column.BloomBytes,
        Encodings =
        {
            column.Encodings.Select(e => new EncodingUse { Encoding = e.Encoding, Blocks = e.BlockCount, StoredBytes = e.StoredBytes }),
        },
    };
}
