namespace Varve.Server.Configuration;

/// <summary>One thing that can be set: its names, what it allows and what it means. Immutable.</summary>
public sealed class Setting
{
    internal Setting(string key, string allowed, string meaning, Func<VarveServerOptions, string> show, Action<VarveServerOptions, string> assign)
    {
        Key = key;
        Allowed = allowed;
        Meaning = meaning;
        Show = show;
        Assign = assign;
        Default = show(new VarveServerOptions());
    }

    /// <summary>The name in a file: <c>Section:Name</c>, which is an object in an object in JSON. Case does not matter.</summary>
    public string Key { get; }

    /// <summary>The environment variable.</summary>
    public string Environment => ServerConfiguration.EnvironmentPrefix + Key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The flag of <c>varve serve</c>, with its two dashes.</summary>
    public string Flag { get => field ?? DefaultFlag(Key); internal init; }

    /// <summary>A yes-or-no flag that needs no value.</summary>
    public bool IsSwitch { get; internal init; }

    /// <summary>The default as it would be written; empty: not set.</summary>
    public string Default { get; }

    /// <summary>What values it takes.</summary>
    public string Allowed { get; }

    public string Meaning { get; }

    /// <summary>The value as it would be written.</summary>
    internal Func<VarveServerOptions, string> Show { get; }

    /// <summary>Puts a written value into the options; FormatException where it is not allowed.</summary>
    internal Action<VarveServerOptions, string> Assign { get; }

    /// <summary>"Data:TailMemoryLimitBytes" becomes "--data-tail-memory-limit-bytes".</summary>
    private static string DefaultFlag(string key)
    {
        var flag = new System.Text.StringBuilder("-");
        foreach (char c in key)
        {
            if (char.IsUpper(c))
                flag.Append('-');
            if (c != ':')
                flag.Append(char.ToLowerInvariant(c));
        }

        return flag.ToString();
    }
}
