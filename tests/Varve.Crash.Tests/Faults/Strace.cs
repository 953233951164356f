namespace Varve.Crash.Tests.Faults;

/// <summary>strace, as it makes single calls of a real process fail. It sees the calls that .NET makes by P/Invoke like all others.</summary>
internal static class Strace
{
    /// <summary>What runs a program with a fault.</summary>
    /// <param name="calls">Names of system calls, with commas.</param>
    /// <param name="fault">What happens to them, such as <c>:error=EIO:when=3</c>; each thread counts for itself.</param>
    public static string[] Run(string calls, string fault) =>
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}{fault}"];
}
