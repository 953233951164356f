using System.Text.Json.Nodes;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>What a stream takes in segments, for programs.</summary>
internal static class StorageJson
{
    private const int RatioDigits = 4;

    public static void AddTo(JsonObject stream, long segmentBytes, StreamStorage storage)
    {
        stream["raw_bytes"] = storage.RawBytes;
        stream["ratio_to_raw"] = Ratio(segmentBytes, storage.RawBytes);
        stream["system_columns"] = new JsonArray([.. storage.Columns.Where(c => c.Name.StartsWith('_')).Select(SystemColumn)]);
    }

    public static void AddTo(JsonObject column, ColumnStorage storage)
    {
        column["nulls"] = storage.NullCount;
        column["raw_bytes"] = storage.RawBytes;
        column["stored_bytes"] = storage.StoredBytes;
        column["ratio_to_raw"] = Ratio(storage.StoredBytes, storage.RawBytes);
        column["dictionary_bytes"] = storage.DictionaryBytes;
        column["bloom_bytes"] = storage.BloomBytes;
        column["encodings"] = new JsonArray(
        [
            .. storage.Encodings.Select(e => new JsonObject
            {
                ["encoding"] = e.Encoding,
                ["blocks"] = e.Blocks,
                ["stored_bytes"] = e.StoredBytes,
            }),
        ]);
    }

    private static JsonNode SystemColumn(ColumnStorage storage)
    {
        var column = new JsonObject { ["name"] = storage.Name };
        AddTo(column, storage);
        return column;
    }

    private static double? Ratio(long stored, long raw) => raw == 0 ? null : Math.Round((double)stored / raw, RatioDigits);
}
