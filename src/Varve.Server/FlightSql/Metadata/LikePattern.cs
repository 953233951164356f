using System.Text;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// A filter pattern of the metadata commands: % is any run of characters, _ is any one, and a backslash (SqlInfo code 513) takes the next character
/// as it stands; at the end of the pattern it stands for itself. Case matters. Takes time in proportion to pattern times text, whatever the pattern.
/// Immutable.
/// </summary>
internal sealed class LikePattern
{
    public const char Escape = '\\';

    private readonly Part[] _parts;

    public LikePattern(string pattern) => _parts = Parse(pattern);

    /// <summary>An absent pattern matches everything.</summary>
    public static bool Matches(string? pattern, string text) => pattern is null || new LikePattern(pattern).Matches(text);

    /// <summary>Greedy with one step back: only the last % passed can need to take more, so nothing is tried twice beyond that.</summary>
    public bool Matches(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        int part = 0;
        int at = 0;
        int lastRun = -1;
        int lastRunAt = 0;
        while (at < runes.Length)
        {
            if (part < _parts.Length && _parts[part].Kind == PartKind.Run)
            {
                lastRun = part++;
                lastRunAt = at;
            }
            else if (part < _parts.Length && _parts[part].Takes(runes[at]))
            {
                part++;
                at++;
            }
            else if (lastRun >= 0)
            {
                part = lastRun + 1;
                at = ++lastRunAt;
            }
            else
            {
                return false;
            }
        }

        while (part < _parts.Length && _parts[part].Kind == PartKind.Run)
            part++;
        return part == _parts.Length;
    }

    private static Part[] Parse(string pattern)
    {
        var parts = new List<Part>(pattern.Length);
        bool escaped = false;
        foreach (Rune rune in pattern.EnumerateRunes())
        {
            if (!escaped && rune.Value == Escape)
            {
                escaped = true;
                continue;
            }

            parts.Add(escaped ? new Part(PartKind.Literal, rune) : rune.Value switch
            {
                '%' => new Part(PartKind.Run, rune),
                '_' => new Part(PartKind.Any, rune),
                _ => new Part(PartKind.Literal, rune),
            });
            escaped = false;
        }

        if (escaped)
            parts.Add(new Part(PartKind.Literal, new Rune(Escape)));
        return [.. parts];
    }

    private enum PartKind
    {
        Literal,
        Any,
        Run,
    }

    private readonly record struct Part(PartKind Kind, Rune Rune)
    {
        public bool Takes(Rune rune) => Kind == PartKind.Any || (Kind == PartKind.Literal && Rune == rune);
    }
}
