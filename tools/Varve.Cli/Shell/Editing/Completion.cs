namespace Varve.Cli.Shell.Editing;

/// <summary>What may stand at the cursor.</summary>
/// <param name="Start">Where the text that it stands for begins; it ends at the cursor.</param>
/// <param name="Candidates">In the order in which they are listed.</param>
internal sealed record Completion(int Start, IReadOnlyList<string> Candidates)
{
    /// <summary>The longest beginning that all have, whatever their case.</summary>
    public string CommonStart
    {
        get
        {
            string common = Candidates[0];
            foreach (string candidate in Candidates.Skip(1))
            {
                int same = 0;
                int shortest = Math.Min(common.Length, candidate.Length);
                while (same < shortest && char.ToLowerInvariant(common[same]) == char.ToLowerInvariant(candidate[same]))
                    same++;
                common = common[..same];
            }

            return common;
        }
    }
}
