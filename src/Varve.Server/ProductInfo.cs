using System.Reflection;

namespace Varve.Server;

/// <summary>What the daemon calls itself.</summary>
public static class ProductInfo
{
    public const string Name = "varve";

    /// <summary>The version, without the revision that a build may add to it.</summary>
    public static string Version { get; } =
        typeof(ProductInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
