using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Varve.Server.Configuration;

namespace Varve.Server.Metrics;

/// <summary>Sends the meters of the process to an OpenTelemetry collector, when one is configured.</summary>
internal static class OtlpExport
{
    /// <returns>Null: not configured. Else to be disposed of at the end, which sends what is left.</returns>
    public static MeterProvider? Start(VarveServerOptions.MetricsSection options, IEnumerable<string> meters)
    {
        if (options.OtlpEndpoint.Length == 0)
            return null;
        return Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(r => r.AddService(ProductInfo.Name, serviceVersion: ProductInfo.Version))
            .AddMeter([.. meters])
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new Uri(options.OtlpEndpoint);
                exporter.Protocol = options.OtlpProtocol == OtlpProtocol.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
            })
            .Build();
    }
}
