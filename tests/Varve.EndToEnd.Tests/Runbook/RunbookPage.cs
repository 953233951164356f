using System.Globalization;
using System.Text.RegularExpressions;
using Varve.Testing;

namespace Varve.EndToEnd.Tests.Runbook;

/// <summary>The blocks of commands in docs/backup.md, by the headings that they stand under. Every block is one of the shell's.</summary>
public static partial class RunbookPage
{
    private const string Fence = "```";
    private const string Shell = "sh";

    /// <summary>In the page's order; commands in theirs, each with the exit code that the page says.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<RunbookCommand>> Read()
    {
        var sections = new Dictionary<string, IReadOnlyList<RunbookCommand>>();
        List<RunbookCommand> commands = [];
        string? continued = null;
        bool isInBlock = false;
        foreach (string line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "backup.md")))
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                if (!isInBlock && line[Fence.Length..] != Shell)
                    throw new InvalidDataException($"a block begins with '{line}': nobody runs such blocks; those of the shell begin with {Fence}{Shell}");
                isInBlock = !isInBlock;
            }
            else if (!isInBlock && line.StartsWith("## ", StringComparison.Ordinal))
            {
                sections.Add(line[3..], commands = []);
            }
            else if (isInBlock && line.EndsWith('\\'))
            {
                continued += line[..^1];
            }
            else if (isInBlock)
            {
                commands.Add(Parse(continued + line));
                continued = null;
            }
        }

        return sections.Where(s => s.Value.Count > 0).ToDictionary();
    }

    private static RunbookCommand Parse(string line)
    {
        Match code = ExitCode().Match(line);
        return code.Success
            ? new RunbookCommand(line[..code.Index], int.Parse(code.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : new RunbookCommand(line, 0);
    }

    [GeneratedRegex(@"\s+# exit code ([0-9]+)$")]
    private static partial Regex ExitCode();
}
