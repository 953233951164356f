using Microsoft.AspNetCore.Http;

namespace Varve.Server.Hosting;

/// <summary>Answers gRPC calls while the engine is still reading its log: UNAVAILABLE, which tells clients to try again.</summary>
internal static class NotStarted
{
    private const string Unavailable = "14";

    public static Task AnswerAsync(HttpContext http, string? problem)
    {
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = Unavailable;
        http.Response.Headers["grpc-message"] = problem ?? "the node is starting";
        return Task.CompletedTask;
    }
}
