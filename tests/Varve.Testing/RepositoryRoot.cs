namespace Varve.Testing;

/// <summary>Where the checkout that the tests run from is, and the data set folder beside it.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder that holds Storage.sln.</summary>
    public static string Path { get; } = Find();

    /// <summary>
    /// A file or folder of the real data sets in ../shared/data. They are required: a test that needs one fails where it is missing.
    /// </summary>
    public static string Data(params string[] parts) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine([Path, "..", "shared", "data", .. parts]));

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Storage.sln")))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Storage.sln");
    }
}
