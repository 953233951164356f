using System.Runtime.CompilerServices;
using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>Rows as records of the program's own types (<see cref="RowType{T}"/>).</summary>
public sealed partial class VarveClient
{
    /// <summary>Makes a stream with the columns of a type, unless it is there already with these.</summary>
    public Task<CreateStreamResponse> CreateStreamAsync<T>(string name, CancellationToken cancellation = default) =>
        CreateStreamAsync(name, RowType<T>.Schema, ifNotExists: true, cancellation);

    /// <summary>Appends rows as one batch and waits for its acknowledgement. For many rows see <see cref="ProducerRows"/>.</summary>
    public Task<AppendAck> AppendAsync<T>(string stream, IEnumerable<T> rows, CancellationToken cancellation = default) =>
        AppendAsync(stream, RowType<T>.ToBatch(rows), cancellation);

    /// <summary>Rows in order of their offsets, as records.</summary>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        string stream, ReadOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (StreamRows rows in ReadAsync(stream, options, cancellation))
        {
            foreach (T row in RowType<T>.FromBatch(rows.Rows))
                yield return row;
        }
    }
}
