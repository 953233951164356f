using BenchmarkDotNet.Running;
using Varve.Benchmarks.Log;

// Loads that run in a closed loop have their own harness; everything else is BenchmarkDotNet's.
if (args is [DurableAppend.Name, .. string[] rest])
    return await DurableAppend.RunAsync(rest).ConfigureAwait(false);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
