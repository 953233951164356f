using Microsoft.Extensions.Logging;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.Server.Tests.Configuration;

public sealed class ServerConfigurationTests : IDisposable
{
    private readonly TempDirectory _directory = new("config");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Only_the_data_directory_has_to_be_given()
    {
        VarveServerOptions options = Load(null, [("Data:Directory", "/data")]);
        Assert.Equal("/data", options.Data.Directory);
        Assert.Equal("127.0.0.1:7447", options.Listen.Grpc.ToString());
        Assert.Null(options.Data.TailMemoryLimitBytes);
    }

    [Fact]
    public void Flags_win_over_the_environment_and_that_over_the_file()
    {
        string json = """
            {
              "Data": { "Directory": "/file", "MaxBatchBytes": "1MiB", "TailMemoryLimitBytes": 1073741824 },
              "Listen": { "Grpc": "127.0.0.1:1" }
            }
            """;
        VarveServerOptions options = Load(json,
            [("Listen:Grpc", "127.0.0.1:3")],
            [("VARVE__DATA__MAXBATCHBYTES", "2 MiB"), ("VARVE__LISTEN__GRPC", "127.0.0.1:2")]);
        Assert.Equal("/file", options.Data.Directory);
        Assert.Equal(1L << 30, options.Data.TailMemoryLimitBytes);
        Assert.Equal(2L << 20, options.Data.MaxBatchBytes);
        Assert.Equal(3, options.Listen.Grpc.Port);
    }

    [Fact]
    public void A_file_in_the_data_directory_is_read_without_being_named()
    {
        File.WriteAllText(_directory.File("varve.json"), """{ "Sql": { "Timeout": "1234ms" } /* comments are allowed */ }""");
        VarveServerOptions options = ServerConfiguration.Load(null, Map([("Data:Directory", _directory.Path)]), Map([]));
        Assert.Equal(TimeSpan.FromMilliseconds(1234), options.Sql.Timeout);
    }

    [Fact]
    public void Levels_are_set_by_category()
    {
        string json = """{ "Data": { "Directory": "/d" }, "Log": { "Level": "warning", "Levels": { "Varve.Storage": "Debug" } } }""";
        VarveServerOptions options = Load(json);
        Assert.Equal(LogLevel.Warning, options.Log.Level);
        Assert.Equal(LogLevel.Debug, options.Log.Levels["Varve.Storage"]);
    }

    [Theory]
    [InlineData("Data:TailMemoryLimitByte", "x", "Data:TailMemoryLimitByte", "--data-tail-memory-limit-bytes")]
    [InlineData("Data", "x", "Data", "it is a section of Data:Directory")]
    [InlineData("Sql:Timeout", "soon", "--sql-timeout is 'soon'", "allowed is 1ms to 1d, as a number with ms, s, m, h or d")]
    [InlineData("Sql:Timeout", "0", "--sql-timeout is '0'", "allowed is 1ms to")]
    [InlineData("Sql:Timeout", "1000", "--sql-timeout is '1000'", "a number with ms, s, m, h or d")]
    [InlineData("Sql:Timeout", "9999999999999d", "--sql-timeout", "1ms to 1d")]
    [InlineData("Sql:ThreadCount", "-1", "--sql-thread-count", "1 to 1024, or auto")]
    [InlineData("Data:MaxBatchBytes", "2TB", "--data-max-batch-bytes is '2TB'", "KiB, MiB, GiB")]
    [InlineData("Data:MaxBatchBytes", "99999999999999999999GiB", "--data-max-batch-bytes", "64KiB to 1GiB")]
    [InlineData("Listen:Grpc", "7447", "--listen is '7447'", "ADDRESS:PORT")]
    [InlineData("Listen:Grpc", "example.org:7447", "--listen", "IP address, localhost or *")]
    [InlineData("Listen:Grpc", "127.0.0.1:65536", "--listen", "ADDRESS:PORT")]
    [InlineData("Listen:Grpc", "::1:7447", "--listen", "[::1]:7447")]
    [InlineData("Listen:Insecure", "yes", "--insecure is 'yes'", "true or false")]
    [InlineData("Log:Level", "loud", "--log-level", "information")]
    [InlineData("Log:Levels:X", "loud", "Log:Levels:X", "information")]
    [InlineData("Metrics:OtlpEndpoint", "collector:4317", "Metrics:OtlpEndpoint", "http or https URL")]
    [InlineData("Listen:Http", "127.0.0.1:7447", "Listen:Grpc and Listen:Http are both 127.0.0.1:7447", "another port")]
    [InlineData("Tls:KeyFile", "key.pem", "Tls:CertificateFile and Tls:KeyFile", "both or neither")]
    [InlineData("Keys:Encryption", "maybe", "--keys-encryption is 'maybe'", "on, off")]
    [InlineData("Keys:Source", "command", "Keys:Source is command, but Keys:Command is not set", "which command prints the root key")]
    [InlineData("Keys:Command", "vault", "Keys:Command is set, but Keys:Source is file", "set Keys:Source to command")]
    [InlineData("Keys:Variable", "KEY", "Keys:Variable is set, but Keys:Source is file", "set Keys:Source to environment")]
    [InlineData("Keys:Variable", "", "Keys:Variable is set, but Keys:Source is file", "take Keys:Variable away")]
    [InlineData("Rpc:MaxMessageBytes", "1MiB", "Rpc:MaxMessageBytes (1048576)", "above Data:MaxBatchBytes (67108864)")]
    [InlineData("Data:TailMemoryLimitBytes", "1MiB", "Data:TailMemoryLimitBytes (1048576)", "below Data:MaxBatchBytes")]
    [InlineData("Listen:Http", "0.0.0.0:7448", "Listen:Http is 0.0.0.0:7448", "without TLS (Tls:CertificateFile, Tls:KeyFile) and tokens")]
    [InlineData("Listen:Grpc", "*:7447", "Listen:Grpc is *:7447", "--insecure")]
    public void A_flag_that_cannot_be_honoured_stops_the_start_with_its_name(string key, string value, string what, string advice)
    {
        var e = Assert.Throws<StartupException>(() => Load(null, [("Data:Directory", "/data"), (key, value)]));
        Assert.Equal(StartupErrorCode.Configuration, e.Code);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_variable_is_named_with_the_one_that_was_meant()
    {
        var e = Assert.Throws<StartupException>(() => Load(null, [("Data:Directory", "/d")], [("VARVE__LISTEN__GPRC", "127.0.0.1:1")]));
        Assert.Contains("VARVE__LISTEN__GPRC", e.Message, StringComparison.Ordinal);
        Assert.Contains("VARVE__LISTEN__GRPC", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_an_orchestrator_injects_are_no_settings() =>
        Load(null, [("Data:Directory", "/d")],
            [("VARVE_SERVICE_HOST", "10.0.0.1"), ("VARVE_PORT_7447_TCP", "tcp://10.0.0.1:7447"), ("VARVE_ENDPOINT", "x")]);

    [Fact]
    public void An_unknown_setting_in_a_file_is_named_with_the_file()
    {
        var e = Assert.Throws<StartupException>(() => Load("""{ "Data": { "Directory": "/d" }, "Flight": { "CreateStreamsOnPut": true } }"""));
        Assert.Contains("Flight:CreateStreamsOnPut in ", e.Message, StringComparison.Ordinal);
        Assert.Contains("Flight:CreateStreamOnPut", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var e = Assert.Throws<StartupException>(() => Load("""{ "Sql": { "Timeout": "x" }, "Nonsense": 1 }""", [("Log:Level", "loud")]));
        Assert.All(["Sql:Timeout", "Nonsense", "--log-level"], name => Assert.Contains(name, e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"Data\": ")]
    [InlineData("{ \"Data\": { \"Directory\": 1, \"Directory\": 2 } }")]
    public void A_file_that_is_not_valid_JSON_is_named(string json)
    {
        var e = Assert.Throws<StartupException>(() => Load(json));
        Assert.Contains("is not valid JSON", e.Message, StringComparison.Ordinal);
        Assert.Contains("test.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<StartupException>(() => ServerConfiguration.Load("/nowhere/x.json", Map([]), Map([])));
        Assert.Contains("/nowhere/x.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_data_directory_there_is_no_start()
    {
        var e = Assert.Throws<StartupException>(() => Load(null));
        Assert.Contains("--data DIR", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Listening_beyond_loopback_needs_TLS_and_tokens_or_the_word()
    {
        (string, string)[] tls = [("Tls:CertificateFile", "c.pem"), ("Tls:KeyFile", "k.pem")];
        (string, string)[] beyond = [("Data:Directory", "/d"), ("Listen:Grpc", "0.0.0.0:0")];
        Assert.Contains("without tokens", Assert.Throws<StartupException>(() => Load(null, [.. beyond, .. tls])).Message, StringComparison.Ordinal);
        Assert.Contains("without TLS", Assert.Throws<StartupException>(() => Load(null, [.. beyond, ("Auth:TokensFile", "t")])).Message,
            StringComparison.Ordinal);
        Load(null, [.. beyond, .. tls, ("Auth:TokensFile", "t")]);
        Load(null, [.. beyond, ("Listen:Insecure", "true")]);
    }

    [Theory]
    [InlineData("localhost:0", "127.0.0.1:0", true)]
    [InlineData("[::1]:5", "[::1]:5", true)]
    [InlineData("127.1.2.3:5", "127.1.2.3:5", true)]
    [InlineData("*:5", "*:5", false)]
    [InlineData("10.0.0.1:5", "10.0.0.1:5", false)]
    public void An_endpoint_knows_whether_other_machines_reach_it(string text, string shown, bool isLoopback)
    {
        Endpoint endpoint = Endpoint.Parse(text);
        Assert.Equal(shown, endpoint.ToString());
        Assert.Equal(isLoopback, endpoint.IsLoopback);
    }

    private VarveServerOptions Load(string? json, (string, string)[]? flags = null, (string, string)[]? environment = null)
    {
        string? file = null;
        if (json is not null)
        {
            file = _directory.File("test.json");
            File.WriteAllText(file, json);
        }

        return ServerConfiguration.Load(file, Map(flags ?? []), Map(environment ?? []));
    }

    private static Dictionary<string, string> Map((string Key, string Value)[] pairs) => pairs.ToDictionary(p => p.Key, p => p.Value);
}
