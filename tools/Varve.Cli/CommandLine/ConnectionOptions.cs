using System.CommandLine;
using Varve.Client;

namespace Varve.Cli.CommandLine;

/// <summary>How a command reaches the daemon; the same options on every command that does.</summary>
internal sealed class ConnectionOptions
{
    public const string DefaultEndpoint = "127.0.0.1:7447";

    private readonly Option<string> _endpoint;
    private readonly Option<string?> _token;
    private readonly Option<bool> _tls;
    private readonly Option<string?> _certificateAuthority;

    public ConnectionOptions()
    {
        _endpoint = new("--endpoint", "-e")
        {
            Description = "The daemon's gRPC and Flight endpoint, HOST:PORT. Also from VARVE_ENDPOINT.",
            HelpName = "HOST:PORT",
            DefaultValueFactory = _ => Setting("VARVE_ENDPOINT") ?? DefaultEndpoint,
        };
        _token = new("--token")
        {
            Description = "The access token, where the daemon asks for one. Also from VARVE_TOKEN, which other users of this machine can't see.",
            HelpName = "TOKEN",
            DefaultValueFactory = _ => Setting("VARVE_TOKEN"),
        };
        _tls = new("--tls") { Description = "Connect with TLS." };
        _certificateAuthority = new("--ca")
        {
            Description = "PEM file with the certificates to trust instead of the system's; means --tls.",
            HelpName = "FILE",
        };
    }

    /// <summary>For a second daemon, without defaults.</summary>
    /// <param name="role">Begins the options' names: --ROLE is the endpoint.</param>
    public ConnectionOptions(string role)
    {
        string variable = $"VARVE_{role.ToUpperInvariant()}_TOKEN";
        _endpoint = new($"--{role}") { Description = "The other daemon's gRPC and Flight endpoint, HOST:PORT.", HelpName = "HOST:PORT", Required = true };
        _token = new($"--{role}-token")
        {
            Description = $"Its access token. Also from {variable}, which other users of this machine can't see.",
            HelpName = "TOKEN",
            DefaultValueFactory = _ => Setting(variable),
        };
        _tls = new($"--{role}-tls") { Description = "Connect to it with TLS." };
        _certificateAuthority = new($"--{role}-ca")
        {
            Description = "PEM file with the certificates to trust of it instead of the system's; means TLS.",
            HelpName = "FILE",
        };
    }

    /// <summary>The endpoint's option has this name too.</summary>
    public ConnectionOptions AlsoNamed(string alias)
    {
        _endpoint.Aliases.Add(alias);
        return this;
    }

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
            throw new CliException($"{_certificateAuthority.Name} {ca}: there is no such file");
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
            : throw new CliException($"{_endpoint.Name} '{endpoint}' is not HOST:PORT; an example: {DefaultEndpoint}", exitCode: 2);
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
