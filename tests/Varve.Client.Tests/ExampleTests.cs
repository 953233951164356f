using System.Text.RegularExpressions;
using Varve.Testing;

namespace Varve.Client.Tests;

public sealed partial class ExampleTests
{
    [Fact]
    public void Every_example_of_the_documentation_in_CSharp_is_compiled()
    {
        string compiled = Plain(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Varve.Client.Tests", "Examples.cs")));
        int count = 0;
        foreach (string page in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md"))
        {
            foreach (Match example in CSharp().Matches(File.ReadAllText(page)))
            {
                count++;
                Assert.True(
                    compiled.Contains(Plain(example.Groups[1].Value), StringComparison.Ordinal),
                    $"this example of {Path.GetFileName(page)} does not stand in Examples.cs: {example.Groups[1].Value}");
            }
        }

        Assert.InRange(count, 3, 100);
    }

    /// <summary>Without blanks, since examples are indented otherwise.</summary>
    private static string Plain(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c)));

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
