using Varve.Server.Configuration;

namespace Varve.Server.Tests.Configuration;

public class MemoryPlanTests
{
    private const long MiB = 1L << 20;

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(16 * 1024)]
    public void The_shares_of_a_limit_fit_into_it(long limitMiB)
    {
        VarveServerOptions options = Options();
        options.Memory.LimitBytes = limitMiB * MiB;

        var plan = MemoryPlan.Of(options, availableBytes: 1);

        Assert.True(plan.IsEnforced);
        Assert.Null(plan.Problem());
        Assert.True(plan.HeapBytes + plan.SqlBytes < plan.LimitBytes);
        Assert.True(plan.TailBytes + plan.SegmentCacheBytes < plan.HeapBytes);
        Assert.Empty(SettingRules.Contradictions(options));
    }

    [Fact]
    public void Without_a_limit_the_shares_are_those_of_the_machine()
    {
        var plan = MemoryPlan.Of(new VarveServerOptions(), availableBytes: 2400 * MiB);

        Assert.False(plan.IsEnforced);
        Assert.Equal((400 * MiB, 480 * MiB, 150 * MiB), (plan.TailBytes, plan.SqlBytes, plan.SegmentCacheBytes));
    }

    [Fact]
    public void Shares_that_are_said_are_taken_and_those_that_do_not_fit_are_named()
    {
        VarveServerOptions options = Options();
        options.Memory.LimitBytes = 1024 * MiB;
        options.Data.TailMemoryLimitBytes = 700 * MiB;
        options.Sql.MemoryLimitBytes = 100 * MiB;

        var plan = MemoryPlan.Of(options, availableBytes: 1);

        Assert.Equal((700 * MiB, 100 * MiB), (plan.TailBytes, plan.SqlBytes));
        string problem = Assert.Single(SettingRules.Contradictions(options));
        Assert.Contains("Memory:LimitBytes (1073741824)", problem, StringComparison.Ordinal);
        Assert.Contains("rows (734003200)", problem, StringComparison.Ordinal);
    }

    private static VarveServerOptions Options()
    {
        var options = new VarveServerOptions();
        options.Data.Directory = "/nowhere";
        return options;
    }
}
