using System.Globalization;
using System.Text;

namespace Varve.Server.Tests.Metrics;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, after its own description: names and escapes, one HELP and TYPE before a metric's samples,
/// samples of a metric together, no sample twice, complete histograms.
/// </summary>
internal sealed class PrometheusScrape
{
    private readonly Dictionary<(string Name, string Labels), double> _samples = [];

    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Helps { get; } = [];

    /// <summary>Labels as "name=value" sorted and joined by commas.</summary>
    public double this[string name, string labels] => _samples.TryGetValue((name, labels), out double value)
        ? value
        : throw new KeyNotFoundException($"{name}{{{labels}}} is not among {string.Join(" ", _samples.Keys.Where(k => k.Name == name))}");

    public bool Has(string name, string labels) => _samples.ContainsKey((name, labels));

    public int CountOf(string name) => _samples.Keys.Count(k => k.Name == name);

    public static PrometheusScrape Parse(string text)
    {
        var scrape = new PrometheusScrape();
        Assert.True(text.Length == 0 || text[^1] == '\n', "the last line must end in a line feed");
        string current = "";
        HashSet<string> closed = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string family = line[0] == '#' ? scrape.ParseComment(line) : scrape.ParseSample(line);
            if (family == current)
                continue;
            Assert.True(closed.Add(family), $"lines of {family} do not stand together");
            current = family;
        }

        return scrape;
    }

    private string ParseComment(string line)
    {
        string[] words = line.Split(' ', 4);
        Assert.Equal(4, words.Length);
        AssertName(words[2]);
        if (words[1] == "HELP")
        {
            Assert.True(Helps.TryAdd(words[2], Unescape(words[3], isQuoted: false)), $"two HELP lines for {words[2]}");
        }
        else
        {
            Assert.Equal("TYPE", words[1]);
            Assert.Contains(words[3], (string[])["counter", "gauge", "histogram", "untyped", "summary"]);
            Assert.True(Types.TryAdd(words[2], words[3]), $"two TYPE lines for {words[2]}");
        }

        return words[2];
    }

    private string ParseSample(string line)
    {
        int nameEnd = line.AsSpan().IndexOfAny('{', ' ');
        string name = line[..nameEnd];
        AssertName(name);
        int at = nameEnd;
        string labels = line[at] == '{' ? ParseLabels(line, ref at) : "";
        Assert.Equal(' ', line[at]);
        string number = line[(at + 1)..];
        double value = number switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        Assert.True(_samples.TryAdd((name, labels), value), $"{name}{{{labels}}} stands twice");
        foreach (string suffix in (string[])["_bucket", "_sum", "_count"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && Types.GetValueOrDefault(name[..^suffix.Length]) == "histogram")
                return name[..^suffix.Length];
        }

        Assert.True(Types.ContainsKey(name), $"{name} has no TYPE before it");
        return name;
    }

    private static string ParseLabels(string line, ref int at)
    {
        List<string> labels = [];
        do
        {
            int equals = line.IndexOf('=', at);
            string name = line[(at + 1)..equals];
            Assert.Matches("^[a-zA-Z_][a-zA-Z0-9_]*$", name);
            Assert.Equal('"', line[equals + 1]);
            int end = equals + 2;
            while (line[end] != '"')
                end += line[end] == '\\' ? 2 : 1;
            labels.Add($"{name}={Unescape(line[(equals + 2)..end], isQuoted: true)}");
            at = end + 1;
        }
        while (line[at] == ',');
        Assert.Equal('}', line[at++]);
        labels.Sort(StringComparer.Ordinal);
        Assert.Equal(labels.Count, labels.Select(l => l.Split('=')[0]).Distinct().Count());
        return string.Join(',', labels);
    }

    private static string Unescape(string text, bool isQuoted)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            Assert.Contains(text[i], isQuoted ? "\\n\"" : "\\n");
            plain.Append(text[i] == 'n' ? '\n' : text[i]);
        }

        return plain.ToString();
    }

    private static void AssertName(string name) => Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*$", name);
}
