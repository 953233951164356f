using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// <c>duckdb_string_t</c>, a text or blob in a vector: 16 bytes. Up to 12 bytes of text are held in place and the rest is zero,
/// which DuckDB's comparisons rely on; a longer text has its first 4 bytes and a pointer that DuckDB does not own.
/// <code>
/// offset  bytes  in place         by pointer
/// 0       4      length           length
/// 4       4      text             first 4 bytes
/// 8       8      text             pointer
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal unsafe struct NativeString
{
    /// <summary>The longest text held in place.</summary>
    public const int InlineBytes = 12;

    public uint Length;
    private uint _prefix;
    private ulong _tail;

    /// <summary>For text whose first 12 bytes may be read whatever its length; the bytes must stay where they are.</summary>
    public static void WriteReadable(NativeString* target, byte* text, int length)
    {
        ulong head = *(uint*)text;
        if (length > InlineBytes)
        {
            ((ulong*)target)[0] = (uint)length | (head << 32);
            ((ulong*)target)[1] = (ulong)text;
            return;
        }

        // Bytes beyond the text are cut off by shifting them out; a shift by 64 would be a shift by 0, hence the two cases.
        ulong tail = *(ulong*)(text + 4);
        if (length <= 4)
        {
            head = length == 0 ? 0 : head & (uint.MaxValue >> ((4 - length) * 8));
            tail = 0;
        }
        else
        {
            tail &= ulong.MaxValue >> ((InlineBytes - length) * 8);
        }

        ((ulong*)target)[0] = (uint)length | (head << 32);
        ((ulong*)target)[1] = tail;
    }

    /// <summary>For text at the end of a buffer: reads no byte beyond it.</summary>
    public static void Write(NativeString* target, byte* text, int length)
    {
        if (length > InlineBytes)
        {
            WriteReadable(target, text, length);
            return;
        }

        *target = new NativeString { Length = (uint)length };
        Buffer.MemoryCopy(text, (byte*)target + 4, InlineBytes, length);
    }

    /// <summary>Where the text of a string that is longer than <see cref="InlineBytes"/> stands.</summary>
    public static byte* Pointer(NativeString* source) => (byte*)source->_tail;

    /// <summary>The text of a string that lies in unmanaged memory, for as long as that memory stays.</summary>
    public static ReadOnlySpan<byte> Text(NativeString* source) =>
        source->Length <= InlineBytes
            ? new ReadOnlySpan<byte>((byte*)source + 4, (int)source->Length)
            : new ReadOnlySpan<byte>((byte*)source->_tail, (int)source->Length);
}
