using System.Buffers.Binary;

namespace Varve.Storage.Catalog;

/// <summary>
/// Things of one kind in the body of a checkpoint, in the order of their ids, and the id of the newest that ever was; no bytes where there never was one.
/// Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   id of the newest that ever was
/// 8      4     u32   how many there are
/// 12     4     u32   zero
/// 16     ...         each of them
/// </code>
/// </summary>
internal static class CheckpointList
{
    private const int HeaderBytes = 16;

    /// <summary>Reads one from the begin of the bytes, and leaves what stands behind it.</summary>
    public delegate T ItemReader<T>(ref ReadOnlySpan<byte> rest);

    /// <param name="lastId">Of the newest; 0 where there never was one.</param>
    /// <param name="items">In the order of their ids.</param>
    public static byte[] Write(long lastId, IEnumerable<byte[]> items)
    {
        if (lastId == 0)
            return [];
        byte[][] all = [.. items];
        byte[] bytes = new byte[checked(HeaderBytes + all.Sum(i => i.Length))];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, lastId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), all.Length);
        int at = HeaderBytes;
        foreach (byte[] item in all)
        {
            item.CopyTo(bytes, at);
            at += item.Length;
        }

        return bytes;
    }

    /// <summary>Throws <see cref="CheckpointFormatException"/> for bytes that are no such list.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="what">What one of them is called.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="idOf">Its id.</param>
    /// <param name="keyOf">What no two of them have in common.</param>
    public static (long LastId, IReadOnlyList<T> Items) Read<T>(
        ReadOnlySpan<byte> bytes, string what, ItemReader<T> read, Func<T, long> idOf, Func<T, object> keyOf)
    {
        if (bytes.IsEmpty)
            return (0, []);
        Need(bytes.Length >= HeaderBytes, $"{bytes.Length} bytes of {what}s are too few");
        long lastId = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        bytes = bytes[HeaderBytes..];
        List<T> items = [];
        HashSet<object> keys = [];
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            T item = read(ref bytes);
            Need(idOf(item) > before && idOf(item) <= lastId && keys.Add(keyOf(item)), $"{what} {idOf(item)} stands behind {before}");
            before = idOf(item);
            items.Add(item);
        }

        Need(bytes.IsEmpty, $"{bytes.Length} bytes stand behind {count} {what}s");
        return (lastId, items);
    }

    /// <summary>Throws where the bytes are not as they must be.</summary>
    public static void Need(bool holds, string otherwise)
    {
        if (!holds)
            throw new CheckpointFormatException(otherwise);
    }
}
