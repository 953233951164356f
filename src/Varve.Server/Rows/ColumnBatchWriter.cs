using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Varve.Arrow;
using Varve.Arrow.Json;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Calls;

namespace Varve.Server.Rows;

/// <summary>Rows as the typed columns of schema.proto. What stands for a null row is the type's default.</summary>
internal static class ColumnBatchWriter
{
    /// <param name="rows">Of any types.</param>
    /// <param name="buffer">For values that go as JSON.</param>
    public static ColumnBatch Write(RecordBatch rows, ShareBuffer buffer)
    {
        var batch = new ColumnBatch { RowCount = (uint)rows.RowCount };
        for (int i = 0; i < rows.Columns.Count; i++)
            batch.Columns.Add(Write(rows.Schema.Fields[i].Name, rows.Columns[i], buffer));
        return batch;
    }

    private static ColumnValues Write(string name, ArrayData array, ShareBuffer buffer)
    {
        var column = new ColumnValues { Name = name };
        for (int row = 0; array.NullCount > 0 && row < array.Length; row++)
        {
            if (array.IsNull(row))
                column.NullRows.Add((uint)row);
        }

        switch (array.Type)
        {
            case BooleanType:
                column.Bools = new BoolValues();
                Fill(column.Bools.Values, array, false, ArrayReader.GetBoolean);
                break;
            case IntegerType { IsSigned: false }:
                column.Uints = new UInt64Values();
                Fill(column.Uints.Values, array, 0UL, ArrayReader.GetUInt64);
                break;
            case IntegerType or DateType or TimeType or TimestampType or DurationType:
                column.Ints = new Int64Values();
                Fill(column.Ints.Values, array, 0L, ArrayReader.GetInt64);
                break;
            case FloatType:
                column.Doubles = new DoubleValues();
                Fill(column.Doubles.Values, array, 0.0, ArrayReader.GetDouble);
                break;
            case Utf8Type or LargeUtf8Type or Utf8ViewType:
                column.Strings = new StringValues();
                Fill(column.Strings.Values, array, "", ArrayReader.GetString);
                break;
            case DecimalType:
                column.Strings = new StringValues();
                Fill(column.Strings.Values, array, "", (a, row) => ArrayReader.GetDecimal(a, row).ToString());
                break;
            case BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType:
                column.Bytes = new BytesValues();
                Fill(column.Bytes.Values, array, ByteString.Empty, (a, row) => ByteString.CopyFrom(ArrayReader.GetBytes(a, row)));
                break;
            default:
                column.Json = new StringValues();
                Fill(column.Json.Values, array, "null", (a, row) => Json(a, row, buffer));
                break;
        }

        return column;
    }

    private static void Fill<T>(RepeatedField<T> values, ArrayData array, T absent, Func<ArrayData, int, T> read)
    {
        values.Capacity = array.Length;
        for (int row = 0; row < array.Length; row++)
            values.Add(array.IsNull(row) ? absent : read(array, row));
    }

    private static string Json(ArrayData array, int row, ShareBuffer buffer)
    {
        buffer.Clear();
        JsonRows.WriteValue(array, row, buffer);
        return Encoding.UTF8.GetString(buffer.Written.Span);
    }
}
