using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Server;
using Varve.Server.Configuration;

namespace Varve.Cli.Serve;

/// <summary>varve serve: the daemon in the foreground. Its flags are the daemon's own settings, made from their table.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = $"A JSON file with settings; {ServerConfiguration.DefaultFileName} in the data directory where it is not given. "
                + $"The environment ({ServerConfiguration.EnvironmentPrefix}SECTION__NAME) goes before the file, flags before both.",
            HelpName = "FILE",
        };
        var command = new Command("serve", "Run the daemon in the foreground until it is told to stop (SIGTERM or Ctrl-C).") { config };
        Dictionary<Setting, Option> options = SettingTable.All.ToDictionary(s => s, OptionOf);
        foreach (Option option in options.Values)
            command.Options.Add(option);
        command.Run((parsed, cancellation) => RunAsync(parsed.GetValue(config), Flags(parsed, options), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? config, Dictionary<string, string> flags, CancellationToken cancellation)
    {
        VarveServerOptions options = ServerConfiguration.Load(config, flags);
        await using VarveServer server = await VarveServer.StartAsync(options, cancellationToken: cancellation);
        Console.WriteLine(
            $"varve serves {server.GrpcEndpoint} (gRPC, Flight, Flight SQL) and {server.HttpEndpoint} (health, metrics), "
            + $"data in {options.Data.Directory}");
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellation.Register(told.SetResult);
        await told.Task;
        return 0;
    }

    private static Option OptionOf(Setting setting)
    {
        bool isDefaultShown = setting.Default.Length > 0 && !(setting.IsSwitch && setting.Default == "false");
        string description = setting.Meaning + (isDefaultShown ? $" Default: {setting.Default}." : "");
        return setting.IsSwitch
            ? new Option<bool?>(setting.Flag) { Description = description, Arity = ArgumentArity.ZeroOrOne }
            : new Option<string?>(setting.Flag) { Description = description, HelpName = setting.Key.Split(':')[^1] };
    }

    private static Dictionary<string, string> Flags(ParseResult parsed, Dictionary<Setting, Option> options)
    {
        var flags = new Dictionary<string, string>();
        foreach ((Setting setting, Option option) in options)
        {
            if (parsed.GetResult(option) is not { Implicit: false })
                continue;
            flags[setting.Key] = option switch
            {
                Option<bool?> flag => parsed.GetValue(flag) == false ? "false" : "true",
                Option<string?> text => parsed.GetValue(text)!,
                _ => throw new InvalidOperationException($"an option of type {option.ValueType} for {setting.Key}"),
            };
        }

        return flags;
    }
}
