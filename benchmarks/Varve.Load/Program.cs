using Varve.Load;
using Varve.Load.Append;
using Varve.Load.DoGet;

IScenario[] scenarios = [new AppendScenario(), new AppendDaemon(), new DoGetScenario(), new DoGetDaemon()];
if (args is [string name, .. string[] rest] && scenarios.FirstOrDefault(s => s.Name == name) is { } scenario)
{
    await scenario.RunAsync(LoadArguments.Parse(rest));
    return 0;
}

Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks/Varve.Load -- SCENARIO [name=value ...]");
foreach (IScenario known in scenarios)
    Console.Error.WriteLine($"  {known.Name,-14} {known.Summary}");
return 1;
