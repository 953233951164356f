using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Varve.EndToEnd.Tests.Clients;
using Varve.Protocol.V1;

namespace Varve.EndToEnd.Tests;

/// <summary>Plain Flight through an npm client: DoPut, DoGet, and what goes wrong; read with apache-arrow.</summary>
[Collection(RealClients.Name)]
public class FlightClientTests(Daemon daemon, NodeClients node)
{
    [Fact]
    public async Task A_client_puts_and_gets_tables_and_lives_through_errors()
    {
        ClientAnswer answer = await node.RunAsync("flight.mjs", new { port = daemon.Port, stream = "uploads" });

        AppendResponse first = Ack(answer, "put");
        Assert.Equal((0, 3, Durability.LocalDisk), (first.FirstOffset, first.RowCount, first.Durability));
        Assert.True(first.Position > 0);
        AppendResponse second = Ack(answer, "putAgain");
        Assert.Equal((3, 3), (second.FirstOffset, second.RowCount));

        const string rows = """[["0","a",1.5],["1",null,-2],["2","ü",null],["3","a",1.5],["4",null,-2],["5","ü",null]]""";
        Assert.Equal(rows, answer.Rows("get"));
        Assert.Equal(["id: Int64", "name: Utf8", "value: Float64"], answer.Columns("get"));
        Assert.Equal(6, answer["get"].GetProperty("totalRecords").GetInt32());
        Assert.True(answer["get"].GetProperty("ordered").GetBoolean());

        Assert.Equal("""[[1,"x"],[2,"y"],[3,"x"]]""", answer.Rows("getDictionary"));
        Assert.Equal(["id: Float64", "name: Utf8"], answer.Columns("getDictionary"));
        Assert.Equal("""[["0","a",1.5],["1",null,-2],["2","ü",null]]""", answer.Rows("getPath"));
        Assert.Equal("""["id: Int64","name: Utf8","value: Float64"]""", answer.Text("schema"));
        Assert.Contains("folder/uploads", answer.Text("list"), StringComparison.Ordinal);
        Assert.Equal("""["folder/uploads"]""", answer.Text("listPrefix"));
        Assert.Contains("CreatePreparedStatement", answer.Text("actions"), StringComparison.Ordinal);

        Assert.Contains("there-is-none", answer.Error("unknownStream"), StringComparison.Ordinal);
        answer.Error("unknownTicket");
        string mismatch = answer.Error("wrongType");
        Assert.Contains("'id'", mismatch, StringComparison.Ordinal);
        Assert.Contains("int64", mismatch, StringComparison.Ordinal);
        Assert.Contains("utf8", mismatch, StringComparison.Ordinal);
        Assert.Equal("6", answer.Text("poll"));
        Assert.Contains("DoExchange", answer.Error("exchange"), StringComparison.Ordinal);
        Assert.Contains("NoSuchAction", answer.Error("unknownAction"), StringComparison.Ordinal);
        Assert.Equal(rows, answer.Rows("getAfterErrors"));
    }

    /// <summary>The one PutResult of a step, whose app_metadata came as hex.</summary>
    private static AppendResponse Ack(ClientAnswer answer, string step)
    {
        JsonElement only = Assert.Single(answer[step].EnumerateArray());
        return AppendResponse.Parser.ParseFrom(ByteString.CopyFrom(Convert.FromHexString(only.GetString()!.ToUpper(CultureInfo.InvariantCulture))));
    }
}
