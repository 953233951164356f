using System.Buffers.Binary;
using Varve.Storage.Log;
using Varve.Storage.Records;

namespace Varve.Storage.Tests.Faults;

/// <summary>
/// The checker of nonces: of all sealed appends that ever stood in a log, whole or torn, no two that differ have the same stream, version of the key,
/// run id and counter. One thread.
/// </summary>
internal sealed class NonceLedger
{
    private readonly Dictionary<string, byte[]> _seen = [];

    public int Count => _seen.Count;

    /// <summary>Looks through the files of a log as they are, also behind the end of what is durable.</summary>
    public void Take(Dictionary<string, byte[]> files)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            if (!name.EndsWith(".log", StringComparison.Ordinal))
                continue;
            for (int at = LogFileHeader.BlockBytes; at + LogLayout.LengthBytes + EntryHeader.Bytes < bytes.Length; at += LogLayout.Alignment)
            {
                ReadOnlySpan<byte> header = bytes.AsSpan(at + LogLayout.LengthBytes);
                if (BinaryPrimitives.ReadUInt32LittleEndian(header) != EntryHeader.Magic)
                    continue;
                int length = BinaryPrimitives.ReadInt32LittleEndian(header[24..]);
                int start = at + LogLayout.LengthBytes + EntryHeader.Bytes;
                if (length > RecordFormat.EntryHeaderBytes && start + length <= bytes.Length)
                    TakeEntry(new LogEntry(new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(header[8..])), 1, bytes.AsMemory(start, length)));
            }
        }
    }

    /// <summary>Plants the bug: other rows, sealed as some were before.</summary>
    public void TakeOneAgain()
    {
        (string nonce, byte[] record) = _seen.First();
        byte[] other = [.. record];
        other[^1] ^= 1;
        Note(nonce, other);
    }

    private void TakeEntry(LogEntry entry)
    {
        try
        {
            RecordReader.Split(entry, record =>
            {
                if ((RecordKind)record.Span[4] != RecordKind.Append || !RecordFormat.IsSealed(record.Span))
                    return;
                byte[] bytes = record.ToArray();
                string stream = Convert.ToHexString(bytes.AsSpan(RecordFormat.StreamIdAt, sizeof(long)));
                Note(stream + Convert.ToHexString(bytes.AsSpan(RecordFormat.KeyVersionAt..RecordFormat.SealedAppendHeaderBytes)), bytes);
            });
        }
        catch (StorageException)
        {
            // Torn: what can be read of it was taken.
        }
    }

    private void Note(string nonce, byte[] record)
    {
        byte[] sealedRows = record[RecordFormat.SealedAppendHeaderBytes..];
        if (_seen.TryGetValue(nonce, out byte[]? before) && !before.AsSpan(RecordFormat.SealedAppendHeaderBytes..).SequenceEqual(sealedRows))
            throw new InvalidOperationException($"the nonce {nonce} sealed two records that differ");
        _seen[nonce] = record;
    }
}
