using Varve.Backup;
using Varve.Server.Backups;

namespace Varve.Server.Tests.Backups;

public class RepositoryGateTests
{
    [Fact]
    public async Task A_pruning_waits_for_a_shipping_and_a_shipping_for_a_pruning()
    {
        using RepositoryGate gate = new();
        TaskCompletionSource shipping = new();
        Task<int> ship = gate.ShortAsync(() => AfterAsync(shipping, 1), default);
        TaskCompletionSource pruning = new();
        Task<int> prune = gate.RemoveAsync("r", () => AfterAsync(pruning, 2), default);
        Assert.False(prune.IsCompleted);
        shipping.SetResult();
        Assert.Equal(1, await ship);
        Task<int> next = gate.ShortAsync(() => Task.FromResult(3), default);
        Assert.False(next.IsCompleted);
        pruning.SetResult();
        Assert.Equal((2, 3), (await prune, await next));
    }

    [Fact]
    public async Task Long_work_turns_a_pruning_away_lets_shippings_through_and_begins_behind_a_pruning()
    {
        using RepositoryGate gate = new();
        TaskCompletionSource drilling = new();
        Task<int> drill = gate.LongAsync(() => AfterAsync(drilling, 1), default);
        BackupException busy = await Assert.ThrowsAsync<BackupException>(() => gate.RemoveAsync("/repo", () => Task.FromResult(0), default));
        Assert.Equal(BackupErrorCode.Busy, busy.Code);
        Assert.Contains("/repo", busy.Message, StringComparison.Ordinal);
        Assert.Equal(2, await gate.ShortAsync(() => Task.FromResult(2), default));
        drilling.SetResult();
        await drill;
        TaskCompletionSource pruning = new();
        Task<int> prune = gate.RemoveAsync("/repo", () => AfterAsync(pruning, 3), default);
        bool began = false;
        Task<int> snapshot = gate.LongAsync(BeginAsync, default);
        Assert.False(began);
        pruning.SetResult();
        Assert.Equal((3, 4), (await prune, await snapshot));

        Task<int> BeginAsync()
        {
            began = true;
            return Task.FromResult(4);
        }
    }

    private static async Task<int> AfterAsync(TaskCompletionSource gate, int result)
    {
        await gate.Task;
        return result;
    }
}
