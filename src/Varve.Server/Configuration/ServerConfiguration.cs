using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Varve.Server.Configuration;

/// <summary>
/// Reads the options tree from a JSON file, then the environment, then flags; the later wins. Every name must be one of <see cref="SettingTable"/>:
/// a setting that would silently do nothing stops the start.
/// </summary>
public static class ServerConfiguration
{
    /// <summary>
    /// Two underscores on purpose: orchestrators inject variables such as VARVE_SERVICE_HOST for a service of that name, which are no settings.
    /// </summary>
    public const string EnvironmentPrefix = "VARVE__";

    /// <summary>The file that is read from the data directory where no other is named.</summary>
    public const string DefaultFileName = "varve.json";

    private const string DirectoryKey = "Data:Directory";

    /// <param name="file">A configuration file; null: varve.json in the data directory where there is one.</param>
    /// <param name="flags">Values by setting key (<see cref="Setting.Key"/>).</param>
    /// <param name="environment">Environment variables; null: the process's own.</param>
    /// <exception cref="StartupException">A setting is unknown, has a value that is not allowed, or contradicts another; all of them are
    /// named.</exception>
    public static VarveServerOptions Load(
        string? file, IReadOnlyDictionary<string, string> flags, IReadOnlyDictionary<string, string>? environment = null)
    {
        var given = new ConfigurationBuilder()
            .AddInMemoryCollection(FromEnvironment(environment ?? ProcessEnvironment()))
            .AddInMemoryCollection(flags.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)))
            .Build();
        file ??= DefaultFile(given[DirectoryKey]);
        List<SettingSource> sources = [];
        if (file is not null)
            sources.Add(new SettingSource(SettingOrigin.File, file, ReadFile(file)));
        sources.Add(new SettingSource(SettingOrigin.Environment, "the environment", given.Providers.First()));
        sources.Add(new SettingSource(SettingOrigin.Flag, "the command line", given.Providers.Last()));

        var options = new VarveServerOptions();
        List<string> problems = [];
        foreach (SettingSource source in sources)
            Apply(source, options, problems);
        if (problems.Count == 0)
            problems.AddRange(SettingRules.Contradictions(options));
        return problems.Count == 0 ? options : throw new StartupException(StartupErrorCode.Configuration, string.Join("; ", problems));
    }

    private static void Apply(SettingSource source, VarveServerOptions options, List<string> problems)
    {
        foreach ((string key, string value) in source.Leaves())
        {
            try
            {
                if (SettingTable.Find(key) is { } setting)
                    setting.Assign(options, value.Trim());
                else if (key.StartsWith(SettingTable.LevelsPrefix, StringComparison.OrdinalIgnoreCase))
                    options.Log.Levels[key[SettingTable.LevelsPrefix.Length..]] = SettingTable.ParseLevel(value.Trim());
                else
                    problems.Add($"unknown setting {source.Show(key)}: {SettingRules.Suggest(key, source.Origin)}");
            }
            catch (FormatException e)
            {
                problems.Add($"{source.Show(key)} is '{value}': {e.Message}");
            }
        }
    }

    private static IConfigurationProvider ReadFile(string file)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false).Build().Providers.Single();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(StartupErrorCode.Configuration, $"the configuration file {file} cannot be read: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new StartupException(StartupErrorCode.Configuration,
                $"the configuration file {file} is not valid JSON: {e.GetBaseException().Message}", e);
        }
    }

    private static string? DefaultFile(string? directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
            return null;
        string file = Path.Combine(directory, DefaultFileName);
        return File.Exists(file) ? file : null;
    }

    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
        select KeyValuePair.Create(variable.Key[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value);

    private static Dictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}
