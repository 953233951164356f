using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Keys;

namespace Varve.Storage.Records;

/// <summary>
/// Opens the rows of sealed append records. Records of one run follow one another in the log, so what opens them is kept for a while. One thread.
/// </summary>
internal sealed class RecordOpener(Keyring keys)
{
    private const int KeptMax = 1_024;

    private readonly Dictionary<(long StreamId, int KeyVersion, UInt128 RunId), AesGcm> _kept = [];

    /// <summary>
    /// Writes the rows (batch header and body) to <paramref name="rows"/>, which has their length. Null for success, else what is wrong.
    /// </summary>
    public string? Open(ReadOnlySpan<byte> record, long streamId, Span<byte> rows)
    {
        int version = BinaryPrimitives.ReadInt32LittleEndian(record[RecordFormat.KeyVersionAt..]);
        if (Cipher(record, streamId, version) is not { } aes)
            return $"it is sealed with version {version} of the stream's key, which the keyring does not have: it is older than the log";
        int tagAt = SealedRows.TagAt(record);
        try
        {
            aes.Decrypt(
                record[RecordFormat.NonceAt..RecordFormat.SealedAppendHeaderBytes],
                record[(tagAt + SealedRows.TagBytes)..],
                record.Slice(tagAt, SealedRows.TagBytes),
                rows,
                record[RecordFormat.RowCountAt..tagAt]);
            return null;
        }
        catch (AuthenticationTagMismatchException)
        {
            return $"its seal does not match, with version {version} of the stream's key";
        }
    }

    private AesGcm? Cipher(ReadOnlySpan<byte> record, long streamId, int version)
    {
        ReadOnlySpan<byte> runId = record.Slice(RecordFormat.RunIdAt, RecordSealer.RunIdBytes);
        var name = (streamId, version, new UInt128(
            BinaryPrimitives.ReadUInt32LittleEndian(runId), BinaryPrimitives.ReadUInt64LittleEndian(runId[sizeof(uint)..])));
        if (_kept.TryGetValue(name, out AesGcm? aes))
            return aes;
        if (version == 0 || keys.Key(streamId, version) is not { } key)
            return null;
        if (_kept.Count == KeptMax)
            Forget();
        Span<byte> derived = stackalloc byte[StreamKey.Bytes];
        key.Derive(KeyPurpose.LogRecords, runId, derived);
        _kept.Add(name, aes = new AesGcm(derived, SealedRows.TagBytes));
        CryptographicOperations.ZeroMemory(derived);
        return aes;
    }

    private void Forget()
    {
        foreach (AesGcm aes in _kept.Values)
            aes.Dispose();
        _kept.Clear();
    }
}
