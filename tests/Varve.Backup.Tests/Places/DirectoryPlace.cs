using Varve.Backup.Repositories;
using Varve.Testing;

namespace Varve.Backup.Tests.Places;

/// <summary>A directory of its own.</summary>
internal sealed class DirectoryPlace : RepositoryPlace
{
    private readonly TempDirectory _directory = new("repository");

    private string Root => _directory.File("repository");

    public override async Task<IRepository> OpenAsync() => await DirectoryRepository.OpenAsync(Root);

    public override Task<IReadOnlyList<string>> NamesAsync() => Task.FromResult<IReadOnlyList<string>>([.. Directory
        .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Where(f => !Path.GetFileName(f).Contains('.', StringComparison.Ordinal)).Select(f => Path.GetRelativePath(Root, f)).Order(StringComparer.Ordinal)]);

    public override Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(PathOf(name));

    public override Task WriteAsync(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        return File.WriteAllBytesAsync(PathOf(name), content);
    }

    public override Task DeleteAsync(string name)
    {
        File.Delete(PathOf(name));
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private string PathOf(string name) => Path.Combine(Root, name);
}
