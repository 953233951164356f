namespace Varve.Server.Configuration;

/// <summary>What the table of settings cannot say of one setting alone: which belong together, and which name was meant.</summary>
internal static class SettingRules
{
    public static bool IsSection(string key) => SettingTable.All.Any(s => s.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));

    /// <summary>What to write instead of a name that is no setting.</summary>
    public static string Suggest(string key, SettingOrigin origin)
    {
        if (IsSection(key))
        {
            IEnumerable<string> inside = SettingTable.All.Select(s => s.Key).Where(k => k.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));
            return $"it is a section of {string.Join(", ", inside)}";
        }

        Setting nearest = SettingTable.All.MinBy(s => Distance(s.Key.ToUpperInvariant(), key.ToUpperInvariant()))!;
        string name = origin switch
        {
            SettingOrigin.Environment => nearest.Environment,
            SettingOrigin.Flag => nearest.Flag,
            _ => nearest.Key,
        };
        return $"the nearest known one is {name}";
    }

    /// <summary>Values out of range (where code set them) and settings that contradict each other, one message each.</summary>
    public static IEnumerable<string> Contradictions(VarveServerOptions options)
    {
        List<string> problems = [.. SettingTable.All.Select(s => OutOfRange(s, options)).OfType<string>()];
        if (options.Data.Directory.Length == 0)
            problems.Add("Data:Directory is not set: say where the data is with --data DIR");
        if (options.Listen.Grpc == options.Listen.Http && options.Listen.Grpc.Port != 0)
            problems.Add($"Listen:Grpc and Listen:Http are both {options.Listen.Grpc}: give one of them another port");
        if (options.Tls.CertificateFile.Length == 0 != (options.Tls.KeyFile.Length == 0))
            problems.Add("of Tls:CertificateFile and Tls:KeyFile only one is set: set both or neither");
        if (options.Rpc.MaxMessageBytes <= options.Data.MaxBatchBytes)
        {
            problems.Add($"Rpc:MaxMessageBytes ({options.Rpc.MaxMessageBytes}) must be above Data:MaxBatchBytes ({options.Data.MaxBatchBytes}), "
                + "else no batch of that size could come in");
        }

        if (MemoryPlan.Of(options, availableBytes: 0).Problem() is { } memory)
            problems.Add(memory);
        if (options.Data.TailMemoryLimitBytes < options.Data.MaxBatchBytes)
        {
            problems.Add($"Data:TailMemoryLimitBytes ({options.Data.TailMemoryLimitBytes}) is below "
                + $"Data:MaxBatchBytes ({options.Data.MaxBatchBytes})");
        }

        if (options.Metrics.OtlpEndpoint.Length > 0
            && !(Uri.TryCreate(options.Metrics.OtlpEndpoint, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
            problems.Add($"Metrics:OtlpEndpoint is '{options.Metrics.OtlpEndpoint}': allowed is an http or https URL");
        problems.AddRange(KeyRules.Contradictions(options.Keys));
        problems.AddRange(BackupRules.Contradictions(options.Backup));
        problems.AddRange(Exposure("Listen:Grpc", options.Listen.Grpc, options));
        problems.AddRange(Exposure("Listen:Http", options.Listen.Http, options));
        return problems;
    }

    /// <summary>Beyond loopback, anybody on the network could read and write what goes over an open port.</summary>
    private static IEnumerable<string> Exposure(string key, Endpoint endpoint, VarveServerOptions options)
    {
        bool hasTls = options.Tls.CertificateFile.Length > 0;
        bool hasTokens = options.Auth.TokensFile.Length > 0;
        if (endpoint.IsLoopback || options.Listen.Insecure || (hasTls && hasTokens))
            return [];
        string missing = (hasTls, hasTokens) switch
        {
            (false, false) => "TLS (Tls:CertificateFile, Tls:KeyFile) and tokens (Auth:TokensFile)",
            (false, true) => "TLS (Tls:CertificateFile, Tls:KeyFile)",
            _ => "tokens (Auth:TokensFile)",
        };
        return [$"{key} is {endpoint}, which is reachable from other machines, without {missing}: set them, listen on 127.0.0.1, or say --insecure"];
    }

    private static string? OutOfRange(Setting setting, VarveServerOptions options)
    {
        string value = setting.Show(options);
        try
        {
            setting.Assign(new VarveServerOptions(), value);
            return null;
        }
        catch (FormatException e)
        {
            return $"{setting.Key} is '{value}': {e.Message}";
        }
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
