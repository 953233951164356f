using System.Buffers;

namespace Varve.Server.Calls;

/// <summary>Bytes that grow by doubling, each growth paid for out of the call's share first. For one thread.</summary>
/// <param name="share">Pays until it is disposed.</param>
/// <param name="what">What the bytes are, for the client's eyes.</param>
internal sealed class ShareBuffer(CallShare share, string what) : IBufferWriter<byte>
{
    private const int FirstBytes = 4096;

    private byte[] _bytes = [];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int bytes)
    {
        long needed = (long)_length + bytes;
        if (needed <= _bytes.Length)
            return;
        long size = Math.Max(Math.Max(needed, FirstBytes), Math.Min(2L * _bytes.Length, Array.MaxLength));

        // Both are there while one is copied into the other. What is longer than any array fails for want of room.
        share.Take(size > Array.MaxLength ? long.MaxValue / 2 : size, what);
        byte[] grown = GC.AllocateUninitializedArray<byte>((int)size);
        _bytes.AsSpan(0, _length).CopyTo(grown);
        share.GiveBack(_bytes.Length);
        _bytes = grown;
    }
}
