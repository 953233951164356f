using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Varve.Storage.Keys;

/// <summary>
/// What is sealed in a keyring (docs/formats/keyring.md). Immutable. Little-endian.
/// <code>
/// offset  bytes  type   meaning
///      0      8  i64    the highest stream id that a key was ever made for
///      8      4  u32    keys, at least 1
///     12      4  u32    zero
///     16                the keys, rising by stream, then by version, 64 bytes each:
///      0      8  i64    stream id; 0: the node itself, always there
///      8      4  u32    version, from 1
///     12      4  u32    zero
///     16      8  i64    when it was made, microseconds since 1970-01-01 UTC
///     24      8  i64    no log entry behind this position has a record sealed by it; 0: it is current, or that is not known
///     32     32  bytes  the key
/// </code>
/// </summary>
/// <param name="KeyedUpTo">The highest stream id that a key was ever made for. One at or below it that has no key was erased.</param>
/// <param name="Keys">Rising by stream, then by version; the node's own (stream 0) first, always there.</param>
internal sealed record KeyringContent(long KeyedUpTo, IReadOnlyList<KeyVersion> Keys)
{
    private const int KeysAt = 16;
    private const int KeyBytes = 64;

    public int EncodedBytes => checked(KeysAt + (Keys.Count * KeyBytes));

    /// <summary>Writes <see cref="EncodedBytes"/> bytes.</summary>
    public void Encode(Span<byte> target)
    {
        target.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, KeyedUpTo);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Keys.Count);
        for (int i = 0; i < Keys.Count; i++)
        {
            KeyVersion version = Keys[i];
            Span<byte> entry = target.Slice(KeysAt + (i * KeyBytes), KeyBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, version.Key.StreamId);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], version.Key.Version);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], version.CreatedMicros);
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], version.LastPosition.Value);
            version.Key.Secret.CopyTo(entry[32..]);
        }
    }

    /// <summary>
    /// These keys, and the versions that an earlier content of the same keyring had of streams that still have a key: what was erased since stays
    /// erased.
    /// </summary>
    public KeyringContent Continue(KeyringContent earlier)
    {
        HashSet<long> streams = [.. Keys.Select(k => k.Key.StreamId)];
        HashSet<(long, int)> known = [.. Keys.Select(k => (k.Key.StreamId, k.Key.Version))];
        IEnumerable<KeyVersion> older = earlier.Keys.Where(
            k => streams.Contains(k.Key.StreamId) && !known.Contains((k.Key.StreamId, k.Key.Version)));
        return this with { Keys = [.. Keys.Concat(older).OrderBy(k => k.Key.StreamId).ThenBy(k => k.Key.Version)] };
    }

    /// <summary>Only the node's key and those of one stream; null: only the node's. The streams of the others seem to be erased.</summary>
    public KeyringContent Only(long? streamId) =>
        this with { Keys = [.. Keys.Where(k => k.Key.StreamId == Keyring.NodeId || k.Key.StreamId == streamId)] };

    public bool IsSame(KeyringContent other)
    {
        byte[] these = new byte[EncodedBytes];
        byte[] those = new byte[other.EncodedBytes];
        Encode(these);
        other.Encode(those);
        bool same = these.AsSpan().SequenceEqual(those);
        CryptographicOperations.ZeroMemory(these);
        CryptographicOperations.ZeroMemory(those);
        return same;
    }

    /// <summary>Null, with the reason, where the bytes are not a content.</summary>
    public static KeyringContent? Decode(ReadOnlySpan<byte> bytes, out string? problem)
    {
        problem = null;
        int count = bytes.Length < KeysAt ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (count < 1 || bytes.Length != KeysAt + ((long)count * KeyBytes))
        {
            problem = $"{count} keys in {bytes.Length} bytes";
            return null;
        }

        long keyedUpTo = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var keys = new KeyVersion[count];
        (long Stream, int Version) before = (0, 0);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(KeysAt + (i * KeyBytes), KeyBytes);
            (long Stream, int Version) name = (BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
            if (name.Version < 1 || name.CompareTo(before) <= 0 || name.Stream > keyedUpTo || (i == 0 && name.Stream != 0))
            {
                problem = $"key {name.Version} of stream {name.Stream} stands behind key {before.Version} of stream {before.Stream}";
                return null;
            }

            before = name;
            keys[i] = new KeyVersion(
                new StreamKey(name.Stream, name.Version, entry[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
                new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(entry[24..])));
        }

        return new KeyringContent(keyedUpTo, keys);
    }
}
