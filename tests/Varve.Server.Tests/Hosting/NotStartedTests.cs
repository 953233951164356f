using Microsoft.AspNetCore.Http;
using Varve.Server.Hosting;

namespace Varve.Server.Tests.Hosting;

public sealed class NotStartedTests
{
    [Fact]
    public async Task While_the_log_is_read_calls_are_told_to_try_again()
    {
        var health = new NodeHealth();
        Assert.Contains("starting", health.Problem, StringComparison.Ordinal);
        Assert.False(health.IsFailed);
        var http = new DefaultHttpContext();
        await NotStarted.AnswerAsync(http, health.Problem);
        Assert.Equal(("application/grpc", "14"), (http.Response.ContentType, http.Response.Headers["grpc-status"].ToString()));
        Assert.Equal(health.Problem, http.Response.Headers["grpc-message"]);
    }
}
