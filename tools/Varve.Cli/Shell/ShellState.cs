using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Shell;

/// <summary>What meta commands set and statements are run with. One caller.</summary>
internal sealed class ShellState : IDisposable
{
    private FileStream? _file;

    public required string Format { get; set; }

    public ViewOptions View { get; set; } = new();

    public bool ShowsTiming { get; set; }

    public bool ShowsPosition { get; set; }

    /// <summary>The file that answers go to; null: they are printed.</summary>
    public string? OutputFile => _file?.Name;

    /// <summary>The caller does not dispose it.</summary>
    public Stream Output => _file ?? (Stream)StandardOutput;

    private Stream StandardOutput { get; } = Console.OpenStandardOutput();

    public bool IsBinaryToTerminal => Format == RowFormats.Arrow && _file is null && !Console.IsOutputRedirected;

    /// <summary>Sends answers to a new file from now on; null: prints them again.</summary>
    public void OpenOutput(string? path)
    {
        FileStream? opened = path is null ? null : File.Create(path);
        _file?.Dispose();
        _file = opened;
    }

    public void Dispose()
    {
        _file?.Dispose();
        StandardOutput.Dispose();
    }
}
