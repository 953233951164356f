using BenchmarkDotNet.Running;
using Varve.Benchmarks.Engine;
using Varve.Benchmarks.Log;
using Varve.Benchmarks.Query;
using Varve.Benchmarks.Segments;
using Varve.Benchmarks.Vectors;

// Loads that run in a closed loop have their own harness; everything else is BenchmarkDotNet's.
if (args is [DurableAppend.Name, .. string[] rest])
    return await DurableAppend.RunAsync(rest, SequencedLog.OpenAsync, "log").ConfigureAwait(false);
if (args is [DurableAppend.EngineName, .. string[] whole])
    return await DurableAppend.RunAsync(whole, EngineTarget.OpenAsync, "engine").ConfigureAwait(false);
if (args is [SqlScan.Name, .. string[] scan])
    return await SqlScan.RunAsync(scan).ConfigureAwait(false);
if (args is [SegmentScan.Name, .. string[] segments])
    return await SegmentScan.RunAsync(segments).ConfigureAwait(false);
if (args is [SegmentSizes.Name, .. string[] sizes])
    return SegmentSizes.Run(sizes);
if (args is [SegmentSpeed.Name, .. string[] speed])
    return SegmentSpeed.Run(speed);
if (args is [SealSpeed.Name, .. string[] seal])
    return SealSpeed.Run(seal);
if (args is [VectorDecode.Name, .. string[] decode])
    return VectorDecode.Run(decode);
if (args is [VectorSizes.Name])
    return VectorSizes.Run();
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
