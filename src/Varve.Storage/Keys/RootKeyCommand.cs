using System.ComponentModel;
using System.Diagnostics;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Keys;

/// <summary>
/// The root key as the output of a command, such as one that asks a vault. The command gets no input, has a time limit, and has to end with 0.
/// Any thread.
/// </summary>
internal sealed class RootKeyCommand(string command, TimeSpan timeLimit) : RootKeySource
{
    private const int OutputBytesMax = 4096;
    private const int ErrorCharsShown = 300;

    /// <summary>The first word: arguments may be secrets.</summary>
    public override string Description => $"the command '{command.Trim().Split(' ', 2)[0]}'";

    internal override async Task<RootKey> ReadAsync(IFileSystem fileSystem, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeLimit);
        using Process process = Start();
        try
        {
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            byte[] output = new byte[OutputBytesMax + 1];
            int length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(output, output.Length, false, limit.Token).ConfigureAwait(false);
            if (length > OutputBytesMax)
                throw Unusable($"it printed more than {OutputBytesMax} bytes");
            string errorText = await error.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? Parse(output.AsSpan(0, length), mayBeRaw: true)
                : throw Unusable($"it ended with {process.ExitCode}{Said(errorText)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable($"it did not end within {timeLimit.TotalSeconds:0.###} seconds");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Unusable(e.Message, e);
        }
    }

    private static string Said(string error)
    {
        error = error.Trim().ReplaceLineEndings(" ");
        return error.Length == 0 ? "" : $" and said: {(error.Length <= ErrorCharsShown ? error : error[..ErrorCharsShown] + "...")}";
    }
}
