using System.CommandLine;
using Varve.Cli.Append;
using Varve.Cli.Demo;
using Varve.Cli.Output;
using Varve.Cli.Query;
using Varve.Cli.Serve;
using Varve.Cli.Status;
using Varve.Cli.Streams;
using Varve.Cli.Tail;

Terminal.Setup();
var root = new RootCommand("Varve keeps streams of rows: durable before acknowledged, in SQL at once.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    StreamCommand.Create(),
    AppendCommand.Create(),
    QueryCommand.Create(),
    TailCommand.Create(),
    StatusCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
