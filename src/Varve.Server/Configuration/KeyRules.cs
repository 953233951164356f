using Varve.Storage;

namespace Varve.Server.Configuration;

/// <summary>Which settings of keys belong together, and what they come to.</summary>
internal static class KeyRules
{
    /// <summary>A setting that would have no effect is a mistake, and here it could be one that shows years later.</summary>
    public static IEnumerable<string> Contradictions(VarveServerOptions.KeysSection keys)
    {
        (string Key, bool IsSet, RootKeyOrigin Source)[] settings =
        [
            ("Keys:File", keys.File.Length > 0, RootKeyOrigin.File),
            ("Keys:Variable", keys.Variable != VarveServerOptions.KeysSection.DefaultVariable, RootKeyOrigin.Environment),
            ("Keys:Command", keys.Command.Length > 0, RootKeyOrigin.Command),
        ];
        foreach ((string key, bool isSet, RootKeyOrigin source) in settings)
        {
            if (isSet && keys.Source != source)
                yield return $"{key} is set, but Keys:Source is {Shown(keys.Source)}: set Keys:Source to {Shown(source)}, or take {key} away";
        }

        if (keys.Source == RootKeyOrigin.Command && keys.Command.Length == 0)
            yield return "Keys:Source is command, but Keys:Command is not set: say which command prints the root key";
        if (keys.Source == RootKeyOrigin.Environment && keys.Variable.Length == 0)
            yield return "Keys:Source is environment, but Keys:Variable is empty: say which variable holds the root key";
        if (keys.Encryption == EncryptionMode.Off && (keys.Source != RootKeyOrigin.File || keys.File.Length > 0))
            yield return "Keys:Encryption is off, but a source for the root key is set: take one of them away";
    }

    public static KeyOptions ToOptions(VarveServerOptions.KeysSection keys) => new()
    {
        Encrypt = keys.Encryption == EncryptionMode.On,
        Source = keys.Source switch
        {
            RootKeyOrigin.Environment => RootKeySource.FromVariable(keys.Variable),
            RootKeyOrigin.Command => RootKeySource.FromCommand(keys.Command, keys.CommandTimeout),
            _ => keys.File.Length > 0 ? RootKeySource.FromFile(keys.File) : null,
        },
    };

    private static string Shown(RootKeyOrigin source) => source.ToString().ToLowerInvariant();
}
