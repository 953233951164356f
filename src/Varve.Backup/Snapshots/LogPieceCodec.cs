using System.Buffers.Binary;
using Varve.Storage;

namespace Varve.Backup.Snapshots;

/// <summary>
/// Entries of a log in an object, without the checksums that tie them to their log. Little-endian. Without state.
/// <code>
/// offset bytes type  field, for each entry
/// 0      8     i64   position
/// 8      8     i64   term
/// 16     4     i32   bytes of the payload
/// 20     4     u32   zero
/// 24     ...         payload
/// </code>
/// </summary>
internal static class LogPieceCodec
{
    private const int HeaderBytes = 24;

    public static void Append(MemoryStream target, LogPosition position, long term, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(header, position.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], term);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], payload.Length);
        target.Write(header);
        target.Write(payload);
    }

    /// <summary>The entries of a piece in order. Throws <see cref="BackupErrorCode.Damaged"/> where it is not what its manifest says.</summary>
    public static IEnumerable<(LogPosition Position, long Term, ReadOnlyMemory<byte> Payload)> Read(LogPiece piece, ReadOnlyMemory<byte> content)
    {
        long expected = piece.FirstPosition;
        while (!content.IsEmpty)
        {
            if (content.Length < HeaderBytes)
                throw Damaged(piece, $"{content.Length} bytes stand behind entry {expected - 1}");
            ReadOnlySpan<byte> header = content.Span;
            long position = BinaryPrimitives.ReadInt64LittleEndian(header);
            long term = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
            if (position != expected || length < 0 || length > content.Length - HeaderBytes)
                throw Damaged(piece, $"entry {position} of {length} bytes stands where entry {expected} is expected");
            yield return (new LogPosition(position), term, content.Slice(HeaderBytes, length));
            content = content[(HeaderBytes + length)..];
            expected++;
        }

        if (expected != piece.LastPosition + 1)
            throw Damaged(piece, $"it ends before entry {expected}, the manifest says after {piece.LastPosition}");
    }

    private static BackupException Damaged(LogPiece piece, string what) =>
        new(BackupErrorCode.Damaged, $"object {piece.Object.Name}, entries {piece.FirstPosition} to {piece.LastPosition} of a log: {what}");
}
