using System.Text.Json;
using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>What tools ask while they connect and browse, through the clients' own methods and, for the rest, command by command.</summary>
[Collection(RealClients.Name)]
public class FlightSqlMetadataTests(Daemon daemon, NodeClients node)
{
    /// <summary>The codes of the protocol without the two that tell versions of Substrait.</summary>
    private const int SqlInfoCount = 89;

    [Theory]
    [InlineData("lakehouse")]
    [InlineData("ceramic")]
    [InlineData("qualithm")]
    public async Task A_client_browses_catalogs_schemas_and_tables(string client)
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new { client, port = daemon.Port, metadata = true });

        Assert.Equal("""[["varve"]]""", answer.Rows("catalogs"));
        Assert.Equal("""[["varve","main"]]""", answer.Rows("schemas"));
        JsonElement[] tables = [.. answer["tables"].GetProperty("rows").EnumerateArray()];
        Assert.Equal(["many", "trips"], tables.Select(row => row[2].GetString()).Where(name => name is "many" or "trips"));
        Assert.All(tables, row => Assert.Equal("TABLE", row[3].GetString()));
    }

    [Fact]
    public async Task A_client_reads_what_the_server_says_about_itself()
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new { client = "gizmosql", port = daemon.Port, metadata = true });

        Assert.Equal("""["varve"]""", answer.Text("catalogs"));
        Assert.Equal("""["TABLE"]""", answer.Text("tableTypes"));
        JsonElement info = answer["sqlInfo"];
        Assert.Equal("Varve", info.GetProperty("0").GetString());
        Assert.False(info.GetProperty("3").GetBoolean());
        Assert.Equal(0, info.GetProperty("8").GetInt32());
        Assert.Equal("\"", info.GetProperty("504").GetString());
        Assert.Contains("QUALIFY", info.GetProperty("508").ToString(), StringComparison.Ordinal);
        Assert.Equal(SqlInfoCount, info.EnumerateObject().Count());
    }

    [Fact]
    public async Task Commands_that_few_clients_have_a_method_for_are_answered()
    {
        ClientAnswer answer = await node.RunAsync("command.mjs", new
        {
            port = daemon.Port,
            commands = new Dictionary<string, string[]>
            {
                ["sqlInfo"] = ["CommandGetSqlInfo", "0A0400014704"],                          // codes 0, 1, 71, 4
                ["allSqlInfo"] = ["CommandGetSqlInfo", ""],
                ["types"] = ["CommandGetXdbcTypeInfo", ""],
                ["varchar"] = ["CommandGetXdbcTypeInfo", "080C"],
                ["primaryKeys"] = ["CommandGetPrimaryKeys", "1A057472697073"],
                ["exportedKeys"] = ["CommandGetExportedKeys", "1A057472697073"],
                ["importedKeys"] = ["CommandGetImportedKeys", "1A057472697073"],
                ["crossReference"] = ["CommandGetCrossReference", "1A0161320162"],
                ["tables"] = ["CommandGetTables", "1A0374725F2801"],                        // like tr_
                ["tablesByPattern"] = ["CommandGetTables", "1A037472252801"],               // like tr%
                ["unknown"] = ["CommandGetNothing", ""],
                ["update"] = ["CommandStatementUpdate", "0A0178"],
            },
        });

        Assert.Equal("""[[0,"Varve"],[1,""" + answer["sqlInfo"].GetProperty("rows")[1][1].GetRawText() + """],[4,true]]""", answer.Rows("sqlInfo"));
        Assert.Equal(SqlInfoCount, answer["allSqlInfo"].GetProperty("rows").GetArrayLength());
        Assert.Equal(20, answer["types"].GetProperty("rows").GetArrayLength());
        Assert.Equal("VARCHAR", answer["varchar"].GetProperty("rows")[0][0].GetString());
        Assert.Equal("[]", answer.Rows("primaryKeys"));
        Assert.Equal(6, answer.Columns("primaryKeys").Count);
        Assert.Equal(13, answer.Columns("exportedKeys").Count);
        Assert.Equal(answer.Columns("exportedKeys"), answer.Columns("importedKeys"));
        Assert.Equal(answer.Columns("exportedKeys"), answer.Columns("crossReference"));
        Assert.Equal("[]", answer.Rows("tables"));
        Assert.Equal("trips", answer["tablesByPattern"].GetProperty("rows")[0][2].GetString());
        Assert.Contains("CommandGetNothing", answer.Error("unknown"), StringComparison.Ordinal);
        Assert.Contains("DoPut", answer.Error("update"), StringComparison.Ordinal);
    }
}
