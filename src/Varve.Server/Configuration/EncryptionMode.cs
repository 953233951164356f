namespace Varve.Server.Configuration;

/// <summary>Whether a data directory is encrypted.</summary>
public enum EncryptionMode
{
    On,
    Off,
}
