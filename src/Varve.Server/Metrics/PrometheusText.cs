using System.Globalization;
using System.Text;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Varve.Server.Metrics;

/// <summary>
/// The text exposition format of Prometheus, version 0.0.4, and the way of OpenTelemetry's names and units into it
/// (https://prometheus.io/docs/instrumenting/exposition_formats, https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics).
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>"varve.append.duration" in "s" becomes "varve_append_duration_seconds"; a counter ends in "_total".</summary>
    public static string MetricName(string instrument, string? unit, MetricKind kind)
    {
        string name = Sanitize(instrument, isLabel: false);
        string suffix = UnitSuffix(unit, kind);
        if (suffix.Length > 0 && !name.EndsWith(suffix, StringComparison.Ordinal))
            name += suffix;
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>Tags as <c>name="value",...</c> sorted by name; of two that become the same name the first counts.</summary>
    public static string Labels(ReadOnlySpan<Tag> tags)
    {
        if (tags.IsEmpty)
            return "";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Tag tag in tags)
            labels.TryAdd(Sanitize(tag.Key, isLabel: true), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        return string.Join(',', labels.Select(l => $"{l.Key}=\"{EscapeLabel(l.Value)}\""));
    }

    public static void Write(MetricFamily family, StringBuilder text)
    {
        MetricSeries[] series = [.. family.Series];
        if (series.Length == 0)
            return;
        if (family.Help.Length > 0)
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (MetricSeries one in series)
        {
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(family, one, text);
            else
                WriteSample(text, family.Name, one.Labels, one.Value);
        }
    }

    private static void WriteHistogram(MetricFamily family, MetricSeries series, StringBuilder text)
    {
        double sum = series.Value;
        string separator = series.Labels.Length > 0 ? "," : "";
        long count = 0;
        for (int i = 0; i < series.BucketCounts.Count; i++)
        {
            count += series.BucketCounts[i];
            string le = i < family.Boundaries.Length ? Number(family.Boundaries[i]) : "+Inf";
            WriteSample(text, family.Name + "_bucket", $"{series.Labels}{separator}le=\"{le}\"", count);
        }

        WriteSample(text, family.Name + "_sum", series.Labels, sum);
        WriteSample(text, family.Name + "_count", series.Labels, count);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string UnitSuffix(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "By" => "_bytes",
        "%" => "_percent",
        "1" => kind == MetricKind.Gauge ? "_ratio" : "",
        _ when unit.StartsWith('{') => "",
        _ => "_" + Sanitize(unit, isLabel: false),
    };

    /// <summary>Letters, digits and underscores; a label must not look like one of Prometheus' own, such as a bucket's.</summary>
    private static string Sanitize(string name, bool isLabel)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (char c in name)
            clean.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
            clean.Insert(0, '_');
        if (isLabel && clean.ToString() is "le" or "quantile")
            clean.Append('_');
        return clean.ToString();
    }

    private static string EscapeLabel(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
