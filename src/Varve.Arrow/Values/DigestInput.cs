using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Varve.Arrow.Values;

/// <summary>A SHA-256 that takes small things well: they are gathered first. One thread.</summary>
internal sealed class DigestInput : IDisposable
{
    private const int GatheredBytes = 4096;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _gathered = new byte[GatheredBytes];
    private int _count;

    public void Add(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void Add(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= GatheredBytes / 4)
        {
            bytes.CopyTo(Take(bytes.Length));
            return;
        }

        Flush();
        _hash.AppendData(bytes);
    }

    public byte[] Finish()
    {
        Flush();
        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();

    private Span<byte> Take(int bytes)
    {
        if (bytes > GatheredBytes - _count)
            Flush();
        _count += bytes;
        return _gathered.AsSpan(_count - bytes, bytes);
    }

    private void Flush()
    {
        _hash.AppendData(_gathered.AsSpan(0, _count));
        _count = 0;
    }
}
