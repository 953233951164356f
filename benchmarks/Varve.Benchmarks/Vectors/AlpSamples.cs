using System.Globalization;
using System.Runtime.InteropServices;

namespace Varve.Benchmarks.Vectors;

/// <summary>
/// The doubles that come with ALP (SIGMOD 2024), in ../shared/data/alp: stretches of the data sets whose bits per value were published, of 1,024 and
/// of 131,072 values.
/// </summary>
internal static class AlpSamples
{
    /// <summary>File names, without what tells the size of the stretch, and the data sets' names in the publication.</summary>
    private static readonly Dictionary<string, string> DataSets = new()
    {
        ["neon_air_pressure"] = "Air-Pressure",
        ["arade4"] = "Arade/4",
        ["basel_temp_f"] = "Basel-Temp",
        ["basel_wind_f"] = "Basel-Wind",
        ["bird_migration_f"] = "Bird-Mig",
        ["bitcoin_f"] = "Btc-Price",
        ["bitcoin_transactions_f"] = "Blockchain",
        ["city_temperature_f"] = "City-Temp",
        ["cms1"] = "CMS/1",
        ["cms9"] = "CMS/9",
        ["cms25"] = "CMS/25",
        ["neon_dew_point_temp"] = "Dew-Temp",
        ["neon_bio_temp_c"] = "Bio-Temp",
        ["food_prices"] = "Food-prices",
        ["gov10"] = "Gov/10",
        ["gov26"] = "Gov/26",
        ["gov30"] = "Gov/30",
        ["gov31"] = "Gov/31",
        ["gov40"] = "Gov/40",
        ["medicare1"] = "Medicare/1",
        ["medicare9"] = "Medicare/9",
        ["neon_pm10_dust"] = "PM10-dust",
        ["nyc29"] = "NYC/29",
        ["poi_lat"] = "POI-lat",
        ["poi_lon"] = "POI-lon",
        ["ssd_hdd_benchmarks_f"] = "SD-bench",
        ["stocks_de"] = "Stocks-DE",
        ["stocks_uk"] = "Stocks-UK",
        ["stocks_usa_c"] = "Stocks-USA",
        ["neon_wind_dir"] = "Wind-dir",
    };

    /// <summary>Name, values and what was published of the data set, in bits per value; null where nothing was.</summary>
    public static IEnumerable<(string Name, double[] Values, double? PublishedBits)> All()
    {
        Dictionary<string, double> published = [];
        foreach (string table in (string[])["alp.csv", "alp_rd.csv"])
        {
            foreach (string[] cells in File.ReadLines(SharedFolder.File("data", "alp", "publication", table)).Skip(1).Select(line => line.Split(',')))
                published[cells[0]] = double.Parse(cells[1], CultureInfo.InvariantCulture);
        }

        foreach (string file in Directory.EnumerateFiles(SharedFolder.File("data", "alp", "1_rg_data_sample"), "*.bin").Order())
            yield return Sample(file, MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(file)).ToArray());
        foreach (string file in Directory.EnumerateFiles(SharedFolder.File("data", "alp", "samples"), "*.csv").Order())
        {
            IEnumerable<string> lines = File.ReadLines(file).Where(line => line.Length > 0);
            yield return Sample(file, [.. lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))]);
        }

        (string Name, double[] Values, double? PublishedBits) Sample(string file, double[] values)
        {
            string name = Path.GetFileNameWithoutExtension(file).Replace("_tw", "", StringComparison.Ordinal);
            double? bits = DataSets.TryGetValue(name, out string? dataSet) ? published[dataSet] : null;
            return ($"{name}, {values.Length}", values, bits);
        }
    }
}
