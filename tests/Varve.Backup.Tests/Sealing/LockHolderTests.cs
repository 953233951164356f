using System.Diagnostics;
using Varve.Backup.Sealing;

namespace Varve.Backup.Tests.Sealing;

public sealed class LockHolderTests
{
    [Fact]
    public async Task A_process_has_ended_when_it_has_and_not_before()
    {
        using Process process = Process.Start("sleep", "600");
        LockHolder holder = LockHolder.Of(process.Id);
        byte[] bytes = new byte[LockHolder.Bytes];
        holder.Write(bytes);
        LockHolder read = LockHolder.Read(bytes);
        Assert.Equal(holder, read);
        Assert.Equal((true, false), (read.IsHere, read.HasEnded));

        // Its id belongs to another process by now.
        Assert.True((read with { StartedAtTicks = read.StartedAtTicks - 1 }).HasEnded);

        process.Kill();
        await process.WaitForExitAsync();
        Assert.True(read.HasEnded);
        Assert.False((read with { Boot = Guid.NewGuid() }).HasEnded);
        Assert.False((read with { Namespace = read.Namespace + 1 }).HasEnded);
        Assert.False((read with { Boot = Guid.Empty }).HasEnded);
    }

    [Fact]
    public void This_process_has_not_ended() => Assert.Equal((true, false), (LockHolder.Self.IsHere, LockHolder.Self.HasEnded));
}
