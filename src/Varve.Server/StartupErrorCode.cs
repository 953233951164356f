namespace Varve.Server;

/// <summary>What stopped a start.</summary>
public enum StartupErrorCode
{
    /// <summary>A setting is unknown, out of range or contradicts another.</summary>
    Configuration = 1,

    /// <summary>An endpoint is taken, or is none of this machine's.</summary>
    Endpoint = 2,

    /// <summary>The data directory is held by another daemon, cannot be written, or its content is damaged.</summary>
    Data = 3,

    /// <summary>A certificate, key or tokens file is missing or unusable.</summary>
    Security = 4,

    /// <summary>A part that the daemon needs is missing or failed, such as the native SQL engine.</summary>
    Component = 5,
}
