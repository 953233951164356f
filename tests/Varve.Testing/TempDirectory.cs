namespace Varve.Testing;

/// <summary>A scratch directory on a real disk, deleted on dispose.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory(string label = "test") =>
        Path = Directory.CreateTempSubdirectory($"varve-{label}-").FullName;

    public string Path { get; }

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
