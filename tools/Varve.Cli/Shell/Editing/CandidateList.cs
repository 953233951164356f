using Varve.Cli.Output;

namespace Varve.Cli.Shell.Editing;

/// <summary>Lists what could be meant, in columns as the screen has room. Stateless.</summary>
internal static class CandidateList
{
    private const int ShownMax = 100;
    private const int GapWidth = 2;

    public static IEnumerable<string> Lines(IReadOnlyList<string> candidates, int width)
    {
        string[] shown = [.. candidates.Take(ShownMax)];
        int cell = shown.Max(c => DisplayWidth.Of(c)) + GapWidth;
        foreach (string[] line in shown.Chunk(Math.Max(1, width / cell)))
            yield return string.Concat(line.Select(c => c + new string(' ', cell - DisplayWidth.Of(c)))).TrimEnd();
        if (candidates.Count > ShownMax)
            yield return $"... and {candidates.Count - ShownMax} more";
    }
}
