using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Query.Types;
using Engine = Varve.Storage;
using Field = Varve.Arrow.Field;

namespace Varve.Server.Services;

/// <summary>The engine's description of a stream as clients get it.</summary>
internal static class StreamText
{
    public static StreamDescription Describe(Engine.StreamDescription stream)
    {
        var schema = new Columns();
        IReadOnlyList<SqlColumn> sql = StreamSqlMapping.Describe(stream.Schema);
        for (int i = 0; i < stream.Schema.Fields.Count; i++)
            schema.Columns_.Add(Describe(stream.Schema.Fields[i], sql[i]));
        return new StreamDescription
        {
            Name = stream.Name,
            Id = stream.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Schema = schema,
            ArrowSchema = UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(stream.Schema)),
            SchemaVersion = stream.SchemaVersion,
            FirstOffset = stream.FirstOffset,
            EndOffset = stream.EndOffset,
            RowCount = stream.RowCount,
            TailBytes = stream.TailBytes,
            CreatedAt = Timestamp.FromDateTimeOffset(stream.CreatedAt),
            Position = stream.Position.Value,
            TailRows = stream.TailRowCount,
            Segments = stream.SegmentCount,
            SegmentBytes = stream.SegmentBytes,
            Settings = SettingsText.Describe(stream.Settings),
        };
    }

    private static Column Describe(Field field, SqlColumn sql)
    {
        var column = new Column
        {
            Name = field.Name,
            Type = field.Type.Name,
            NotNull = !field.IsNullable,
            SqlType = sql.SqlType ?? "",
            SqlNote = sql.Problem ?? "",
        };
        foreach ((string key, string value) in field.Metadata)
            column.Metadata.Add(key, value);
        return column;
    }
}
