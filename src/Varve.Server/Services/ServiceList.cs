using Varve.Server.Append;

namespace Varve.Server.Services;

/// <summary>The services that a daemon answers: the one place where they are put together.</summary>
internal static class ServiceList
{
    public static IReadOnlyList<IService> Create(ServiceContext context)
    {
        var appends = new AppendServices(
            context.Engine, context.Options.Append, context.Options.Data.MaxBatchBytes, context.Metrics,
            context.Loggers.CreateLogger("Varve.Server.Append"), context.Time);
        return
        [
            new StreamsService(context.Engine, appends, context.Metrics),
            new AdminService(context.Engine, context.Statements, context.Options, context.Time, context.ConnectionCount),
        ];
    }
}
