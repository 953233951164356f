using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Faults;

/// <summary>
/// Every call of every operation fails once, for every way of failing: the first, the second and so on until the operation passes without meeting the
/// fault. After each, a restart finds all that was acknowledged, once and in order, and goes on.
/// </summary>
public class CallSweepTests(ITestOutputHelper output)
{
    private const int SealedRows = 400;
    private const int TailRows = 30;
    private const int NewRows = 5;

    public static TheoryData<SweptOperation, SweptFault> Cases
    {
        get
        {
            TheoryData<SweptOperation, SweptFault> cases = [];
            foreach (SweptOperation operation in Enum.GetValues<SweptOperation>())
            {
                foreach (SweptFault fault in Enum.GetValues<SweptFault>())
                    cases.Add(operation, fault);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whichever_call_fails_nothing_acknowledged_is_lost(SweptOperation operation, SweptFault fault)
    {
        int seed = TestSeed.Next(output.WriteLine);
        FaultyFileSystem whole = await MakeAsync();
        int at = 1;
        for (bool struck = true; struck; at++)
        {
            FaultyFileSystem disk = whole.Copy();
            (struck, bool isAcknowledged) = await RunAsync(disk, operation, fault, at);
            disk.Fault = null;
            disk = (fault == SweptFault.PowerCut || at % 2 == 0) && fault != SweptFault.Kill ? disk.AfterPowerCut(new Random(seed + at)) : disk.AfterKill();
            await JudgeAsync(disk, isAcknowledged, $"{operation}, {fault} at call {at}");
        }

        output.WriteLine($"{at - 1} calls");
        Assert.True(at > 2, "the operation met no fault at all");
    }

    /// <summary>A stream with two segments, a checkpoint, rows in the log only, and a stream that may be dropped.</summary>
    private static async Task<FaultyFileSystem> MakeAsync()
    {
        FaultyFileSystem disk = new();
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
        await engine.CreateStreamAsync("s", Rows.Schema);
        await engine.CreateStreamAsync("going", Rows.Schema);
        for (int half = 0; half < 2; half++)
        {
            await engine.AppendAsync("s", Rows.Range(half * SealedRows / 2, SealedRows / 2));
            await engine.FlushAsync("s");
        }

        await engine.CheckpointAsync();
        await engine.AppendAsync("s", Rows.Range(SealedRows, TailRows));
        return disk;
    }

    /// <summary>Whether the fault struck, and whether rows were appended and acknowledged.</summary>
    private static async Task<(bool Struck, bool IsAcknowledged)> RunAsync(FaultyFileSystem disk, SweptOperation operation, SweptFault fault, int at)
    {
        bool isAcknowledged = false;
        StorageEngine? engine = null;
        try
        {
            if (operation == SweptOperation.Recover)
                Plan(disk, fault, at);
            engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
            if (operation != SweptOperation.Recover)
                Plan(disk, fault, at);
            await (operation switch
            {
                SweptOperation.Recover => Task.CompletedTask,
                SweptOperation.Append => AppendAsync(engine),
                SweptOperation.Seal => engine.FlushAsync("s"),
                SweptOperation.Compact => engine.CompactAsync("s"),
                SweptOperation.Rotate => RotateAsync(engine),
                SweptOperation.Checkpoint => CheckpointAsync(engine),
                SweptOperation.Truncate => TruncateAsync(engine),
                SweptOperation.Drop => engine.DropStreamAsync("going"),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            });
        }
        catch (StorageException e)
        {
            // A root key that cannot be read has a code of its own.
            bool isExpected = e.Code is StorageErrorCode.NodeStopped or StorageErrorCode.DiskFull or StorageErrorCode.DiskError
                or StorageErrorCode.KeyMismatch;
            Assert.True(isExpected, $"call {at}: {e.Code}: {e.Message}");
        }

        bool struck = disk.IsCut || disk.Fault?.Struck == true;
        if (engine is not null)
            await engine.DisposeAsync();
        return (struck, isAcknowledged);

        async Task AppendAsync(StorageEngine on)
        {
            await on.AppendAsync("s", Rows.Range(SealedRows + TailRows, NewRows));
            isAcknowledged = true;
        }
    }

    private static async Task RotateAsync(StorageEngine engine)
    {
        await engine.RotateStreamKeyAsync("s");
        await engine.RotateNodeKeyAsync();
        await engine.RotateRootKeyAsync();
    }

    private static async Task CheckpointAsync(StorageEngine engine)
    {
        await engine.CreateStreamAsync("more", Rows.Schema);
        await engine.CheckpointAsync();
    }

    /// <summary>With everything sealed, a checkpoint lets whole files of the log go.</summary>
    private static async Task TruncateAsync(StorageEngine engine)
    {
        await engine.FlushAsync("s");
        await engine.CheckpointAsync();
    }

    private static void Plan(FaultyFileSystem disk, SweptFault fault, int at)
    {
        long call = disk.Operations + at;
        switch (fault)
        {
            case SweptFault.Kill or SweptFault.PowerCut:
                disk.CutAt = call;
                break;
            default:
                disk.Fault = new Fault(
                    call,
                    fault switch { SweptFault.NoSpace => Errno.NoSpace, SweptFault.QuotaExceeded => Errno.QuotaExceeded, _ => Errno.InputOutput },
                    ForEver: at % 3 == 0);
                break;
        }
    }

    private static async Task JudgeAsync(FaultyFileSystem disk, bool isAcknowledged, string what)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
        long[] numbers = engine.OpenView("s").Numbers();
        int least = SealedRows + TailRows + (isAcknowledged ? NewRows : 0);
        Assert.True(
            (numbers.Length == least || numbers.Length == SealedRows + TailRows + NewRows)
            && numbers.SequenceEqual(Enumerable.Range(0, numbers.Length).Select(n => (long)n)),
            $"{what}: {numbers.Length} rows, expected {least}");
        await engine.AppendAsync("s", Rows.Of(-1));
        await engine.FlushAsync("s");
        await engine.CheckpointAsync();
        Assert.Equal(numbers.Length + 1, engine.OpenView("s").Numbers().Length);
    }
}
