using Google.Protobuf.Reflection;
using Varve.Rpc.Health.V1;
using Varve.Rpc.Server;
using static Varve.Rpc.Health.V1.HealthCheckResponse.Types;

namespace Varve.Rpc.Health;

/// <summary>
/// grpc.health.v1: one state per service, and one for the server as a whole under the empty name, which is serving from the start. Thread-safe.
/// </summary>
public sealed class HealthService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _states = new() { [""] = ServingStatus.Serving };
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Sets the state of a service by its full name, or of the whole server by the empty name. Watchers are told.</summary>
    public void Set(string service, ServiceHealth health)
    {
        lock (_gate)
        {
            _states[service] = ToWire(health);
            Signal();
        }
    }

    /// <summary>Sets every state there is, as when the server begins or ceases to accept calls.</summary>
    public void SetAll(ServiceHealth health)
    {
        lock (_gate)
        {
            foreach (string service in _states.Keys.ToArray())
                _states[service] = ToWire(health);
            Signal();
        }
    }

    /// <summary>Adds Check and Watch. Both may be called without authentication: what probes a server seldom has an account.</summary>
    public void AddTo(GrpcServer server)
    {
        ServiceDescriptor descriptor = HealthReflection.Descriptor.Services[0];
        var anonymous = new ServerMethodOptions { AllowAnonymous = true };
        server.AddUnary<HealthCheckRequest, HealthCheckResponse>(
            descriptor.FindMethodByName("Check"), (request, _) => Task.FromResult(Check(request)), anonymous);
        server.AddServerStreaming<HealthCheckRequest>(descriptor.FindMethodByName("Watch"), WatchAsync, anonymous);
    }

    private HealthCheckResponse Check(HealthCheckRequest request)
    {
        (ServingStatus status, _) = Look(request.Service);
        return status == ServingStatus.ServiceUnknown
            ? throw new RpcException(StatusCode.NotFound, $"the server tells no health of a service '{request.Service}'")
            : new HealthCheckResponse { Status = status };
    }

    private async Task WatchAsync(HealthCheckRequest request, ServerCall call)
    {
        ServingStatus? told = null;
        while (true)
        {
            (ServingStatus status, Task changed) = Look(request.Service);
            if (status != told)
            {
                await call.WriteAsync(new HealthCheckResponse { Status = status });
                told = status;
            }

            await changed.WaitAsync(call.Cancelled);
        }
    }

    /// <summary>The state, and a task that completes when any state is set after this look.</summary>
    private (ServingStatus Status, Task Changed) Look(string service)
    {
        lock (_gate)
            return (_states.GetValueOrDefault(service, ServingStatus.ServiceUnknown), _changed.Task);
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ServingStatus ToWire(ServiceHealth health) => health == ServiceHealth.Serving ? ServingStatus.Serving : ServingStatus.NotServing;
}
