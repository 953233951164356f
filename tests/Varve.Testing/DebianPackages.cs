using Varve.Testing.Processes;

namespace Varve.Testing;

/// <summary>Programs and modules of others that Debian packages bring. Where they are missing and we may, they are installed. Any thread.</summary>
public static class DebianPackages
{
    /// <summary>Debian's own, which has the modules that Debian packages bring, whatever else the path leads to.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Installing = new(1);

    /// <param name="check">A command of the shell that fails where one of them is missing.</param>
    /// <param name="packages">Their names.</param>
    /// <exception cref="InvalidOperationException">They are missing, and cannot be installed.</exception>
    public static async Task RequireAsync(string check, string packages)
    {
        await Installing.WaitAsync();
        try
        {
            if (!await IsThereAsync(check))
                await InstallAsync(packages);
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<bool> IsThereAsync(string check)
    {
        try
        {
            await ProgramRun.RunAsync("/bin/sh", ["-c", check], Path.GetTempPath(), CheckTimeout);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task InstallAsync(string packages)
    {
        if (Environment.UserName != "root")
            throw new InvalidOperationException($"these tests need other programs: apt-get install {packages}");
        await ProgramRun.RunAsync("/bin/sh", ["-c", $"apt-get update -qq && apt-get install -y -qq {packages}"], Path.GetTempPath(), InstallTimeout,
            new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" });
    }
}
