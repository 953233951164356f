using System.Text;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Keys;

/// <summary>The root key in an environment variable. Any thread.</summary>
internal sealed class RootKeyVariable(string name) : RootKeySource
{
    public override string Description => $"the environment variable {name}";

    internal override Task<RootKey> ReadAsync(IFileSystem fileSystem, CancellationToken cancellationToken)
    {
        string? text = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrWhiteSpace(text)
            ? throw Unusable("it is not set; set it to the key that the data directory was made with")
            : Task.FromResult(Parse(Encoding.UTF8.GetBytes(text), mayBeRaw: false));
    }
}
