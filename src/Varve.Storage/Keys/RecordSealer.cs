using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Records;

namespace Varve.Storage.Keys;

/// <summary>
/// Seals the rows of append records of one stream with the current version of its key, in place (<see cref="RecordFormat"/> says where what stands).
/// Any number of threads.
/// </summary>
/// <remarks>
/// Why no nonce ever repeats under one key: GCM's key is derived from the stream's key and the run id, 12 random bytes that every instance draws for
/// itself, so no two instances share a key: not those of two openings, not that of a data directory and its copy, not that of before and after a
/// crash that took the records away. In the nonce stands a counter of this instance that only ever rises. After a million openings two of them have
/// the same run id with a probability of 10^-17.
/// </remarks>
internal sealed class RecordSealer
{
    public const int RunIdBytes = 12;

    private readonly AesGcmPool _aes;
    private readonly byte[] _runId = RandomNumberGenerator.GetBytes(RunIdBytes);
    private long _counter;

    public RecordSealer(StreamKey key)
    {
        KeyVersion = key.Version;
        Span<byte> derived = stackalloc byte[StreamKey.Bytes];
        key.Derive(KeyPurpose.LogRecords, _runId, derived);
        _aes = new AesGcmPool(derived);
        CryptographicOperations.ZeroMemory(derived);
    }

    public int KeyVersion { get; }

    /// <summary>Seals a record that is complete but for what is stamped into it later. Its flags say that it is sealed.</summary>
    public void Seal(Span<byte> record)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[RecordFormat.KeyVersionAt..], KeyVersion);
        _runId.CopyTo(record[RecordFormat.RunIdAt..]);
        BinaryPrimitives.WriteInt64LittleEndian(record[RecordFormat.CounterAt..], Interlocked.Increment(ref _counter));
        SealedRows parts = new(record);
        _aes.Seal(parts.Nonce, parts.Associated, parts.Rows, parts.Tag);
    }

    /// <summary>Takes the seal off a record of this very instance.</summary>
    public void Unseal(Span<byte> record)
    {
        SealedRows parts = new(record);
        if (!_aes.TryOpen(parts.Nonce, parts.Associated, parts.Rows, parts.Tag))
            throw new InvalidOperationException("a record cannot be opened with what sealed it");
    }
}
