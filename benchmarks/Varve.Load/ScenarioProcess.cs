using System.Diagnostics;

namespace Varve.Load;

/// <summary>Starts the other end of a scenario: this program again, in a process of its own that ends with its input.</summary>
internal static class ScenarioProcess
{
    public static Process Start(string scenario, params string[] arguments)
    {
        // Started by `dotnet`, this process's path is dotnet's own and the program is an argument.
        string program = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? ["exec", typeof(ScenarioProcess).Assembly.Location] : [];
        return Process.Start(new ProcessStartInfo(program, [.. own, scenario, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
