using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Varve.Cli.Output;
using Varve.Cli.Streams;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot restore --as: has the daemon bring a stream back under another name.</summary>
internal static class StreamRestore
{
    public static RestoreStreamRequest Request(string? repository, string stream, string name, string? snapshot, long bytesPerSecondMax) => new()
    {
        Repository = repository ?? "",
        Stream = stream,
        Target = name,
        Snapshot = snapshot ?? "",
        BytesPerSecondMax = bytesPerSecondMax,
    };

    public static void SetMoment(RestoreStreamRequest request, long? position, DateTimeOffset? time, long? endOffset)
    {
        if (position is { } p)
            request.Position = p;
        if (time is { } t)
            request.Time = Timestamp.FromDateTimeOffset(t);
        if (endOffset is { } end)
            request.EndOffset = end;
    }

    public static async Task RunAsync(VarveClient client, RestoreStreamRequest request, bool asJson, CancellationToken cancellation)
    {
        var progress = new ByteProgress("restore", TimeProvider.System);
        RestoredStream restored = await progress.ShowAsync(
            () => client.RestoreStreamAsync(request, p => progress.Report(p.DoneBytes, p.TotalBytes), cancellation), asJson);
        if (asJson)
            JsonText.Print(ToJson(restored));
        else
            Print(request, restored);
    }

    private static void Print(RestoreStreamRequest request, RestoredStream r)
    {
        Console.WriteLine(
            $"restored {request.Stream} as {r.Stream.Name}: {Quantity.Count(r.Stream.EndOffset - r.Stream.FirstOffset)} rows, offsets {r.Stream.FirstOffset} to "
            + $"{r.Stream.EndOffset}, as of position {r.Position}, from snapshot {r.Snapshot}");
        if (!r.Settings.Equals(r.Stream.Settings))
            Console.WriteLine($"it keeps all rows now; {request.Stream} kept {SettingsPrinter.Text(r.Settings)}. See: varve stream alter");
    }

    private static JsonObject ToJson(RestoredStream r) => new()
    {
        ["stream"] = r.Stream.Name,
        ["first_offset"] = r.Stream.FirstOffset,
        ["end_offset"] = r.Stream.EndOffset,
        ["snapshot"] = r.Snapshot,
        ["position"] = r.Position,
        ["settings"] = SettingsPrinter.ToJson(r.Settings),
    };
}
