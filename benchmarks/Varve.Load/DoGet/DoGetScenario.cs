using System.Diagnostics;
using Google.Protobuf.Reflection;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Rpc.Client;
using Varve.Rpc.Framing;

namespace Varve.Load.DoGet;

/// <summary>
/// DoGet of a stream in batches of 1 MiB, from a daemon in a process of its own, next to a raw loopback socket. "frames" only finds the fields of
/// each message, which is what the daemon and the transport cost; "batches, pooled" decodes record batches and gives their memory back; "batches,
/// kept" decodes them into memory of their own, as Varve.Client does.
/// </summary>
internal sealed class DoGetScenario : IScenario
{
    public const int DefaultBatches = 256;

    public string Name => "doget";

    public string Summary =>
        $"DoGet of 1 MiB batches next to a raw loopback socket: mib={DefaultBatches} (in the stream), passes=8 (over it, each round), rounds=5";

    public async Task RunAsync(LoadArguments arguments)
    {
        int batches = arguments.Number("mib", DefaultBatches);
        int passes = arguments.Number("passes", 8);
        using Process daemon = ScenarioProcess.Start(DoGetDaemon.Scenario, $"mib={batches}");
        try
        {
            string endpoint = await daemon.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the daemon did not start");
            using var channel = new GrpcChannel(new Uri($"http://{endpoint}"), new GrpcChannelOptions { MaxReceiveMessageBytes = 16 << 20 });
            FlightInfo info = await channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(
                Method("GetFlightInfo"), FlightMessages.StreamDescriptor(DoGetDaemon.Stream));
            Ticket ticket = info.Endpoint[0].Ticket;
            var socket = new LoopbackSocket(batches);
            var table = new RatioTable("loopback socket", "DoGet, frames", "DoGet, batches, pooled", "DoGet, batches, kept");

            // The first round is for the compiler, which needs some gigabytes to see what is hot.
            for (int round = -1; round < arguments.Number("rounds", 5); round++)
            {
                Measurement[] measured =
                [
                    await Measurement.OfAsync(() => socket.MoveAsync(passes)),
                    await Measurement.OfAsync(() => ReadFramesAsync(channel, ticket, passes), daemon),
                    await Measurement.OfAsync(() => ReadBatchesAsync(channel, ticket, passes, FlightDataMessage.DecodePooled), daemon),
                    await Measurement.OfAsync(() => ReadBatchesAsync(channel, ticket, passes, FlightDataMessage.Decode), daemon),
                ];
                if (round >= 0)
                    table.Add(measured);
            }

            table.Print();
        }
        finally
        {
            daemon.StandardInput.Close();
            await daemon.WaitForExitAsync();
        }
    }

    private static async Task<long> ReadFramesAsync(GrpcChannel channel, Ticket ticket, int passes)
    {
        long bytes = 0;
        for (; passes > 0; passes--)
        {
            using ServerStreamingCall<FlightData> call = channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), ticket);
            while ((await call.ResponseStream.ReadAsync(static message => FlightDataLayout.Find(message).Body.Length)).TryGet(out int body))
                bytes += body;
        }

        return bytes;
    }

    private static async Task<long> ReadBatchesAsync(GrpcChannel channel, Ticket ticket, int passes, FrameDecoder<FlightDataMessage> decode)
    {
        long bytes = 0;
        for (; passes > 0; passes--)
        {
            using ServerStreamingCall<FlightData> call = channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), ticket);
            BatchDecoder? decoder = null;
            while ((await call.ResponseStream.ReadAsync(decode)).TryGet(out FlightDataMessage? message))
            {
                if (decoder is null)
                    decoder = new BatchDecoder(SchemaMessage.Decode(message.Header.Span));
                else
                    bytes += decoder.Decode(message.Header.Span, message.Body)!.RowCount * 16L;
                message.Dispose();
            }
        }

        return bytes;
    }

    private static MethodDescriptor Method(string name) => FlightReflection.Descriptor.Services[0].FindMethodByName(name);
}
