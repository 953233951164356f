using System.Buffers.Binary;

namespace Varve.Storage.Log;

/// <summary>Reads entries off a page, strictly: one is taken only if it is whole and is the one that must come next. One thread.</summary>
internal sealed class EntryParser(uint salt)
{
    /// <summary>The position that must come next.</summary>
    public required LogPosition Expected { get; set; }

    /// <summary>The newest term seen; it never falls.</summary>
    public long Term { get; private set; }

    /// <summary>
    /// The newest incarnation seen. It never falls along the log: an entry of an earlier one is a leftover of a tail that was cut.
    /// </summary>
    public uint Incarnation { get; private set; }

    /// <summary>Takes the next entry at an offset of the page. Null where there is none; <paramref name="reason"/> says what stands there.</summary>
    public EntryHeader? Next(ReadOnlySpan<byte> page, int offset, out string reason)
    {
        ReadOnlySpan<byte> rest = page[offset..];
        if (rest.Length < LogLayout.LengthBytes + EntryHeader.Bytes)
            return Nothing("the page ends", out reason);
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (!EntryHeader.TryRead(rest[LogLayout.LengthBytes..], salt, out EntryHeader header))
            return Nothing(length == 0 ? "no entry (zeros)" : "no valid header of an entry", out reason);
        if (header.Position != Expected)
            return Nothing($"entry {header.Position}", out reason);
        if (header.Incarnation < Incarnation)
            return Nothing($"a leftover of incarnation {header.Incarnation} behind one of {Incarnation}", out reason);
        if (header.Term < Term)
            return Nothing($"term {header.Term} behind term {Term}", out reason);
        if (length != EntryHeader.Bytes + header.PayloadBytes || header.PayloadBytes > rest.Length - LogLayout.LengthBytes - EntryHeader.Bytes)
            return Nothing($"lengths that do not fit ({length} and {header.PayloadBytes})", out reason);
        if (Crc32C.Compute(rest.Slice(LogLayout.LengthBytes + EntryHeader.Bytes, header.PayloadBytes), salt) != header.PayloadChecksum)
            return Nothing("a payload whose checksum does not match", out reason);
        reason = "";
        Expected = header.Position.Next;
        Incarnation = header.Incarnation;
        Term = header.Term;
        return header;
    }

    private static EntryHeader? Nothing(string found, out string reason)
    {
        reason = found;
        return null;
    }
}
