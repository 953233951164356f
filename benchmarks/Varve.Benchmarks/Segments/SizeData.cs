using System.Diagnostics;

namespace Varve.Benchmarks.Segments;

/// <summary>The real data sets of ../shared/data as queries for DuckDB.</summary>
internal sealed class SizeData(string scratch)
{
    private static readonly string Folder = SharedFolder.File("data");

    /// <summary>Name, and the rows in their order.</summary>
    public IEnumerable<(string Name, Func<string> Query)> All()
    {
        yield return ("flights", () => $"SELECT * FROM read_parquet('{Folder}/flights/flights-3m.parquet')");
        yield return ("tsbs-arrival", () => Tsbs(order: ""));
        yield return ("tsbs-by-host", () => Tsbs(order: "ORDER BY hostname, ts"));
        yield return ("azure", Azure);
    }

    /// <summary>One day of TSBS: line protocol, ten tags and ten whole metrics a line.</summary>
    private static string Tsbs(string order)
    {
        string[] tags =
        [
            "hostname", "region", "datacenter", "rack", "os", "arch", "team", "service", "service_version", "service_environment",
        ];
        string[] metrics =
        [
            "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq", "usage_softirq", "usage_steal", "usage_guest",
            "usage_guest_nice",
        ];
        string names = string.Join(", ", tags.Select((t, i) => $"split_part(parts[{i + 2}], '=', 2) AS {t}"));
        string values = string.Join(", ", metrics.Select((m, i) => $"CAST(rtrim(split_part(fields[{i + 1}], '=', 2), 'i') AS BIGINT) AS {m}"));
        string lines = $"read_csv('{Folder}/tsbs/cpu-only_s100_1d_10s_seed7.influx.zst', columns = {{'line': 'VARCHAR'}}, "
            + "delim = '\\t', quote = '', escape = '', header = false, compression = 'zstd', auto_detect = false)";
        return $"WITH w AS (SELECT string_split(line, ' ') AS words FROM {lines}), "
            + "s AS (SELECT string_split(words[1], ',') AS parts, string_split(words[2], ',') AS fields, CAST(words[3] AS BIGINT) AS ns FROM w) "
            + $"SELECT make_timestamp(ns // 1000) AS ts, {names}, {values} FROM s {order}";
    }

    /// <summary>Benchmark results of cloud machines: csv files, one series each.</summary>
    private string Azure()
    {
        using Process tar = Process.Start("tar", ["--zstd", "-xf", $"{Folder}/azure-vm-noise/PostgreSQL.tar.zst", "-C", scratch]);
        tar.WaitForExit();
        if (tar.ExitCode != 0)
            throw new InvalidOperationException($"tar ended with {tar.ExitCode}");
        IEnumerable<string> files = Directory.EnumerateFiles(scratch, "*.csv", SearchOption.AllDirectories)
            .OrderBy(f => File.ReadLines(f).Take(2).Count() < 2).ThenBy(f => f, StringComparer.Ordinal);
        return $"SELECT * FROM read_csv([{string.Join(", ", files.Select(f => $"'{f}'"))}], sample_size = -1, hive_partitioning = false)";
    }
}
