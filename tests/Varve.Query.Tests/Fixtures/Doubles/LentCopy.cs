using Varve.Arrow;
using Varve.Storage;

namespace Varve.Query.Tests.Fixtures.Doubles;

/// <summary>Copies an array into lent memory, which the next block's columns overwrite; its dictionary is not lent.</summary>
internal static class LentCopy
{
    public static ArrayData Of(ArrayData array, BlockBuffers buffers) => new(
        array.Type,
        array.Length,
        array.NullCount,
        [.. array.Buffers.Select(b => Copy(b, buffers))],
        [.. array.Children.Select(c => Of(c, buffers))],
        array.Dictionary,
        array.Offset);

    private static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> buffer, BlockBuffers buffers)
    {
        if (buffer.IsEmpty)
            return default;
        byte[] lent = buffers.Rent(buffer.Length);
        lent.AsSpan().Fill(0xFB);
        buffer.CopyTo(lent);
        return lent.AsMemory(0, buffer.Length);
    }
}
