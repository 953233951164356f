using Varve.Arrow;
using Varve.Storage;

namespace Varve.Server.Consume;

/// <summary>What one response of Consume carries.</summary>
/// <param name="Lease">The rows' lease; it may have been for more.</param>
/// <param name="Rows">From the lease's first row on, in the member's columns.</param>
/// <param name="EndOffset">The stream's end.</param>
internal sealed record LeasedBatch(ConsumerLease Lease, RecordBatch Rows, long EndOffset);
