using System.CommandLine;
using Varve.Client;

namespace Varve.Cli.CommandLine;

/// <summary>How a command reaches the daemon; the same options on every command that does.</summary>
internal sealed class ConnectionOptions
{
    public const string DefaultEndpoint = "127.0.0.1:7447";

    private readonly Option<string> _endpoint = new("--endpoint", "-e")
    {
        Description = "The daemon's gRPC and Flight endpoint, HOST:PORT. Also from VARVE_ENDPOINT.",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => Setting("VARVE_ENDPOINT") ?? DefaultEndpoint,
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The access token, where the daemon asks for one. Also from VARVE_TOKEN, which other users of this machine can't see.",
        HelpName = "TOKEN",
        DefaultValueFactory = _ => Setting("VARVE_TOKEN"),
    };

    private readonly Option<bool> _tls = new("--tls")
    {
        Description = "Connect with TLS.",
    };

    private readonly Option<string?> _certificateAuthority = new("--ca")
    {
        Description = "PEM file with the certificates to trust instead of the system's; means --tls.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_endpoint);
        command.Options.Add(_token);
        command.Options.Add(_tls);
        command.Options.Add(_certificateAuthority);
    }

    public VarveClient Connect(ParseResult parsed)
    {
        string? ca = parsed.GetValue(_certificateAuthority);
        if (ca is not null && !File.Exists(ca))
            throw new CliException($"--ca {ca}: there is no such file");
        return new VarveClient(new VarveClientOptions
        {
            Endpoint = Endpoint(parsed),
            UseTls = parsed.GetValue(_tls) || ca is not null,
            CertificateAuthorityFile = ca,
            Token = parsed.GetValue(_token),
        });
    }

    public string Endpoint(ParseResult parsed)
    {
        string endpoint = parsed.GetValue(_endpoint)!;
        return EndpointText.IsValid(endpoint)
            ? endpoint
            : throw new CliException($"--endpoint '{endpoint}' is not HOST:PORT; an example: {DefaultEndpoint}", exitCode: 2);
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
