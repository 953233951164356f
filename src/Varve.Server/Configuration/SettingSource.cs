using Microsoft.Extensions.Configuration;

namespace Varve.Server.Configuration;

/// <summary>One place that settings are read from, which names them in its own way in messages.</summary>
internal sealed record SettingSource(SettingOrigin Origin, string Place, IConfigurationProvider Provider)
{
    /// <summary>The names that have a value, in full. A null in JSON and an empty section say nothing.</summary>
    public IEnumerable<(string Key, string Value)> Leaves() => Leaves(null);

    /// <summary>The setting as whoever set it wrote it.</summary>
    public string Show(string key) => Origin switch
    {
        SettingOrigin.Environment => ServerConfiguration.EnvironmentPrefix + key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal),
        SettingOrigin.Flag => SettingTable.Find(key)?.Flag ?? key,
        _ => $"{key} in {Place}",
    };

    private IEnumerable<(string Key, string Value)> Leaves(string? parent)
    {
        foreach (string name in Provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string key = parent is null ? name : ConfigurationPath.Combine(parent, name);
            bool hasChildren = false;
            foreach ((string Key, string Value) leaf in Leaves(key))
            {
                hasChildren = true;
                yield return leaf;
            }

            if (Provider.TryGet(key, out string? value) && value is not null && !(value.Length == 0 && (hasChildren || SettingRules.IsSection(key))))
                yield return (key, value);
        }
    }
}
