namespace Varve.Rpc.Tests.Hosting;

/// <summary>A response as it came, before any gRPC library interprets it.</summary>
internal sealed record RawResponse(int HttpStatus, ILookup<string, string> Headers, ILookup<string, string> Trailers, byte[] Body)
{
    /// <summary>True where the status stood in the only frame of headers.</summary>
    public bool IsTrailersOnly => Headers.Contains("grpc-status") && Body.Length == 0 && Trailers.Count == 0;

    public StatusCode Status => (StatusCode)int.Parse((IsTrailersOnly ? Headers : Trailers)["grpc-status"].Single());

    public string Message => Uri.UnescapeDataString((IsTrailersOnly ? Headers : Trailers)["grpc-message"].SingleOrDefault() ?? "");
}
