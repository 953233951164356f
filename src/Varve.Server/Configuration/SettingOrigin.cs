namespace Varve.Server.Configuration;

/// <summary>Where a setting's value came from.</summary>
internal enum SettingOrigin
{
    File,
    Environment,
    Flag,
}
