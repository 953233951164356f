namespace Varve.Server;

/// <summary>
/// The daemon cannot start, for a reason that its operator can mend: the message names the setting, endpoint, directory or file, and what to do.
/// </summary>
public sealed class StartupException(StartupErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public StartupErrorCode Code { get; } = code;
}
