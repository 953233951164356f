using System.Text;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.Server.Tests.Configuration;

public class ConfigurationPageTests
{
    [Fact]
    public void The_page_of_settings_says_what_the_code_does()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operations", "configuration.md"));
        string expected = Table();
        Assert.True(page.Contains(expected, StringComparison.Ordinal),
            $"docs/operations/configuration.md does not hold the table of SettingTable; it should be:\n{expected}");
    }

    [Fact]
    public void Names_are_unique()
    {
        Assert.Equal(SettingTable.All.Count, SettingTable.All.Select(s => s.Key.ToUpperInvariant()).Distinct().Count());
        Assert.Equal(SettingTable.All.Count, SettingTable.All.Select(s => s.Flag).Distinct().Count());
        Assert.All(SettingTable.All, s => Assert.Matches("^--[a-z]+(-[a-z]+)*$", s.Flag));
    }

    private static string Table()
    {
        var table = new StringBuilder("| setting | environment | flag | default | allowed | meaning |\n|---|---|---|---|---|---|\n");
        foreach (Setting s in SettingTable.All)
        {
            string value = s.Default.Length > 0 ? $"`{s.Default}`" : "";
            table.Append($"| `{s.Key}` | `{s.Environment}` | `{s.Flag}` | {value} | {s.Allowed} | {s.Meaning} |\n");
        }

        return table.ToString();
    }
}
