using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Hands out the buffers of one message body: bounds-checked, decompressed, and aligned to 8. A buffer that lies right is a slice of the body.
/// Together the buffers take no more than the body, so that a few bytes cannot pose as many columns, and what is decompressed counts against one
/// budget. For one message.
/// </summary>
internal sealed class BodyReader(ReadOnlyMemory<byte> body, BodyCompression compression, IpcLimits limits)
{
    private long _budgetBytes = limits.MaxDecompressedBodyBytes;
    private long _leftBytes = body.Length;

    public ReadOnlyMemory<byte> Buffer(long offset, long length, FieldPath path)
    {
        if (length == 0)
            return default;
        if (offset < 0 || length < 0 || offset > body.Length - length)
        {
            throw new ArrowFormatException(
                $"a buffer of column {path} claims bytes {offset} to {unchecked(offset + length)} of a body of {body.Length}");
        }

        _leftBytes -= length;
        if (_leftBytes < 0)
            throw new ArrowFormatException($"the buffers up to column {path} take more than the {body.Length} bytes of the body: they overlap");
        ReadOnlyMemory<byte> buffer = body.Slice((int)offset, (int)length);
        return compression == BodyCompression.None ? Align(buffer) : Decompress(buffer, path);
    }

    private static bool IsAligned(ReadOnlySpan<byte> buffer)
    {
        // The garbage collector moves objects by multiples of 8, so this holds for as long as the memory lives.
        unsafe
        {
            return ((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer)) & 7) == 0;
        }
    }

    private static ReadOnlyMemory<byte> Align(ReadOnlyMemory<byte> buffer)
    {
        if (IsAligned(buffer.Span))
            return buffer;
        byte[] copy = GC.AllocateUninitializedArray<byte>(buffer.Length);
        buffer.Span.CopyTo(copy);
        return copy;
    }

    private ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> buffer, FieldPath path)
    {
        if (buffer.Length < 8)
            throw new ArrowFormatException($"a compressed buffer of column {path} has {buffer.Length} bytes, its length alone takes 8");
        long length = BinaryPrimitives.ReadInt64LittleEndian(buffer.Span);
        buffer = buffer[8..];
        if (length == -1)
            return Align(buffer);
        if (length < 0)
            throw new ArrowFormatException($"a compressed buffer of column {path} claims {length} bytes");
        if (length == 0)
            return default;
        Spend(length, path);
        try
        {
            return BodyCodec.Decompress(compression, buffer.Span, length);
        }
        catch (ArrowFormatException e)
        {
            throw new ArrowFormatException($"a buffer of column {path} cannot be decompressed: {e.Message}", e);
        }
    }

    private void Spend(long bytes, FieldPath path)
    {
        if (bytes > _budgetBytes)
        {
            throw new ArrowFormatException(
                $"column {path} brings the message above the limit of {limits.MaxDecompressedBodyBytes} decompressed bytes")
            {
                IsBeyondLimit = true,
            };
        }

        _budgetBytes -= bytes;
    }
}
