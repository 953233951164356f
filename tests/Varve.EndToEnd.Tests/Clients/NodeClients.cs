using System.Text.Json;
using Varve.Testing;

namespace Varve.EndToEnd.Tests.Clients;

/// <summary>The npm clients of tests/clients/flight.</summary>
public sealed class NodeClients
{
    private readonly NodeFolder _folder = new("flight");

    /// <summary>Runs a script with one JSON argument; its answer is one JSON object whose members are its steps.</summary>
    internal async Task<ClientAnswer> RunAsync(string script, object arguments) =>
        ClientAnswer.Parse(await _folder.RunAsync(script, JsonSerializer.Serialize(arguments)));

    /// <summary>buf, which speaks gRPC's reflection.</summary>
    internal Task<string> RunBufAsync(params string[] arguments) => _folder.RunPackagedAsync("buf", arguments);
}
