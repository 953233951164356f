namespace Varve.Server.Configuration;

/// <summary>How metrics travel to an OpenTelemetry collector.</summary>
public enum OtlpProtocol
{
    Grpc,

    /// <summary>Protobuf in HTTP posts, to the endpoint's path v1/metrics.</summary>
    Http,
}
