using System.Text;

namespace Varve.Cli.Shell;

/// <summary>
/// Keeps statements over sessions: an entry a line, oldest first, with backslash and line feed written as \\ and \n. Of this user alone (0600), as
/// statements hold data. What can't be read or written is told once and ends the keeping, not the session.
/// </summary>
internal sealed class HistoryFile(string path)
{
    public const int EntriesMax = 1000;
    private const int EntryCharsMax = 64 << 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private bool _isOff;

    /// <summary>In the user's state directory, as the XDG base directory specification has it.</summary>
    public static string DefaultPath
    {
        get
        {
            string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (state is null || !Path.IsPathRooted(state))
                state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "varve", "query_history");
        }
    }

    /// <summary>Why it does not keep them any more; null: it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>The newest entries. A file that has grown to twice as many is shortened.</summary>
    public IReadOnlyList<string> Load()
    {
        IReadOnlyList<string> entries = [];
        Try(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
            if (!File.Exists(path))
                return;
            File.SetUnixFileMode(path, OwnerOnly);
            string[] lines = File.ReadAllLines(path);
            entries = [.. lines.TakeLast(EntriesMax).Select(Decode)];
            if (lines.Length >= 2 * EntriesMax)
                Shorten(lines);
        });
        return entries;
    }

    public void Add(string entry)
    {
        if (!_isOff && entry.Length <= EntryCharsMax)
            Try(() => Write(path, FileMode.Append, [Encode(entry)]));
    }

    private static string Encode(string entry) =>
        entry.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Decode(string line)
    {
        var entry = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length)
                entry.Append(line[++i] == 'n' ? '\n' : line[i]);
            else
                entry.Append(line[i]);
        }

        return entry.ToString();
    }

    private void Shorten(string[] lines)
    {
        string aside = path + ".new";
        File.Delete(aside);
        Write(aside, FileMode.CreateNew, lines.TakeLast(EntriesMax));
        File.Move(aside, path, overwrite: true);
    }

    private static void Write(string file, FileMode mode, IEnumerable<string> lines)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly };
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }

    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isOff = true;
            Failure = e.Message;
        }
    }
}
