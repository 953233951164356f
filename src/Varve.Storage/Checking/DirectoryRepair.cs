using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Checking;

/// <summary>Mends a data directory that no engine has open, as far as the log still holds what is damaged elsewhere.</summary>
public static class DirectoryRepair
{
    /// <summary>
    /// Checks, makes damaged or missing segments anew whose rows the log still has, writes the checkpoint and the log's commit records anew, and
    /// checks again. What cannot be mended stays as it is. Fails as <see cref="DirectoryCheck.RunAsync(string, RootKeySource, CancellationToken)"/>.
    /// </summary>
    public static Task<RepairReport> RunAsync(string directory, RootKeySource? rootKey = null, CancellationToken cancellationToken = default) =>
        RunAsync(directory, rootKey, new LogSizes(), cancellationToken);

    internal static async Task<RepairReport> RunAsync(
        string directory, RootKeySource? rootKey, LogSizes logSizes, CancellationToken cancellationToken)
    {
        CheckReport found = await DirectoryCheck.RunAsync(directory, rootKey, cancellationToken).ConfigureAwait(false);
        if (found.Damage.Count == 0)
            return new RepairReport([], found, []);
        List<Damage> putBack = [];
        List<string> reasons = [];
        try
        {
            await RepairAsync(found, putBack, reasons, OptionsOf(directory, rootKey, logSizes), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e) when (e.Code is StorageErrorCode.Corruption or StorageErrorCode.KeyMismatch)
        {
            reasons.Add($"The directory cannot be opened: {e.Message}");
        }

        return new RepairReport(putBack, await DirectoryCheck.RunAsync(directory, rootKey, cancellationToken).ConfigureAwait(false), reasons);
    }

    private static async Task RepairAsync(
        CheckReport found, List<Damage> putBack, List<string> reasons, StorageOptions options, CancellationToken cancellationToken)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<string, Damage> file in found.Damage.Where(d => d.Stream is not null).GroupBy(d => d.File))
        {
            Damage first = file.First();
            string? reason = await engine.RepairSegmentAsync(first.Stream!, Path.GetFileName(file.Key), cancellationToken).ConfigureAwait(false);
            if (reason is null)
                putBack.AddRange(file);
            else
                reasons.Add($"{file.Key} of stream '{first.Stream}' stays damaged: {reason}");
        }

        await engine.CheckpointAsync().ConfigureAwait(false);
    }

    private static StorageOptions OptionsOf(string directory, RootKeySource? rootKey, LogSizes logSizes)
    {
        string path = Path.Combine(directory, KeyringFile.FileName);
        byte[] keyring = WholeFile.Read(LinuxFileSystem.Instance, path, KeyringFile.BytesMax)
            ?? throw new StorageException(StorageErrorCode.Corruption, $"{path} is missing") { File = path };
        return new StorageOptions
        {
            Directory = directory,
            Keys = new KeyOptions { Encrypt = KeyringFile.Parse(keyring, path).IsEncrypted, Source = rootKey },
            Compacts = false,
            OpensDamaged = true,
            LogSizes = logSizes,
        };
    }
}
