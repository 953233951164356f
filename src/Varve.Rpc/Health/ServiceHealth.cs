namespace Varve.Rpc.Health;

/// <summary>Whether a service takes calls.</summary>
public enum ServiceHealth
{
    Serving,
    NotServing,
}
