using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Client;
using Varve.Query;
using Varve.Server;
using Varve.Storage;

namespace Varve.Cli.CommandLine;

/// <summary>
/// Runs a command's action so that every failure is one line on standard error that says why and what to do, and a non-zero exit code.
/// </summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    public static void Run(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction((parsed, cancellation) => RunAsync(parsed, action, cancellation));

    private static async Task<int> RunAsync(
        ParseResult parsed, Func<ParseResult, CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            return await action(parsed, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (CliException e)
        {
            return Report(e.Message, e.ExitCode);
        }
        catch (Exception e) when (IsExpected(e))
        {
            return Report(FailureText.Of(e), Failed);
        }

        // The first signal ends the command in order; a second one ends the process at once, by the system's default.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>A failure that has its cause outside of this program: its message is enough.</summary>
    public static bool IsExpected(Exception e) =>
        e is VarveException or StartupException or StorageException or QueryException or ArrowFormatException or BackupException or RepositoryException
            or IOException or UnauthorizedAccessException or SocketException;

    private static int Report(string message, int exitCode)
    {
        Console.Error.WriteLine($"varve: {FailureText.OneLine(message)}");
        return exitCode;
    }
}
