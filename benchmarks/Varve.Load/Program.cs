using Varve.Load;
using Varve.Load.Append;
using Varve.Load.Backup;
using Varve.Load.Delivery;
using Varve.Load.DoGet;
using Varve.Load.Follow;
using Varve.Load.Isolation;
using Varve.Load.Memory;
using Varve.Load.Query;

IScenario[] scenarios =
[
    new AppendScenario(), new AppendDaemon(), new DoGetScenario(), new DoGetDaemon(), new MemoryScenario(), new FollowersScenario(),
    new HostileScenario(), new FirstRowScenario(), new DeliveryScenario(), new BackupScenario(), new SnapshotLatencyScenario(),
];
if (args is [string name, .. string[] rest] && scenarios.FirstOrDefault(s => s.Name == name) is { } scenario)
{
    try
    {
        await scenario.RunAsync(LoadArguments.Parse(rest));
        return 0;
    }
    catch (ScenarioFailedException e)
    {
        Console.Error.WriteLine($"failed: {e.Message}");
        return 2;
    }
}

Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks/Varve.Load -- SCENARIO [name=value ...]");
foreach (IScenario known in scenarios)
    Console.Error.WriteLine($"  {known.Name,-14} {known.Summary}");
return 1;
