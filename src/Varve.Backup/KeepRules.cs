using System.Globalization;

namespace Varve.Backup;

/// <summary>
/// Which snapshots stay when a repository is pruned: of each of the last so many hours, days, weeks (from Monday), months and years in which there are any,
/// the newest; the newest of all always. Times are UTC. Written as <c>24h/14d/8w/12m/3y</c>. Immutable.
/// </summary>
public sealed record KeepRules(int Hours, int Days, int Weeks, int Months, int Years)
{
    /// <summary>What people are told to write.</summary>
    public const string Allowed = "numbers with h, d, w, m or y and / between them, such as 14d/8w/12m";

    /// <summary>False for what is no rule.</summary>
    public static bool TryParse(string text, out KeepRules rules)
    {
        rules = new KeepRules(0, 0, 0, 0, 0);
        string seen = "";
        foreach (string part in text.Split('/', StringSplitOptions.TrimEntries))
        {
            if (part.Length < 2 || seen.Contains(part[^1], StringComparison.Ordinal)
                || !int.TryParse(part.AsSpan(0, part.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0)
                return false;
            seen += part[^1];
            switch (part[^1])
            {
                case 'h':
                    rules = rules with { Hours = count };
                    break;
                case 'd':
                    rules = rules with { Days = count };
                    break;
                case 'w':
                    rules = rules with { Weeks = count };
                    break;
                case 'm':
                    rules = rules with { Months = count };
                    break;
                case 'y':
                    rules = rules with { Years = count };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Those of the given times that stay.</summary>
    public IReadOnlySet<DateTimeOffset> Kept(IEnumerable<DateTimeOffset> times)
    {
        DateTime[] newestFirst = [.. times.Select(t => t.UtcDateTime).OrderDescending()];
        HashSet<DateTimeOffset> kept = [];
        if (newestFirst.Length > 0)
            kept.Add(newestFirst[0]);
        Keep(Hours, t => t.Date.AddHours(t.Hour));
        Keep(Days, t => t.Date);
        Keep(Weeks, t => t.Date.AddDays(-(((int)t.DayOfWeek + 6) % 7)));
        Keep(Months, t => new DateTime(t.Year, t.Month, 1));
        Keep(Years, t => new DateTime(t.Year, 1, 1));
        return kept;

        void Keep(int count, Func<DateTime, DateTime> periodOf) =>
            kept.UnionWith(newestFirst.GroupBy(periodOf).Take(count).Select(period => new DateTimeOffset(period.First(), TimeSpan.Zero)));
    }
}
