using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>Takes apart what <see cref="CompactWriter"/> wrote, and never more than there is.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private readonly int _length = bytes.Length;
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes taken so far.</summary>
    public readonly int Position => _length - _rest.Length;

    public ReadOnlySpan<byte> Take(long count)
    {
        if ((ulong)count > (ulong)_rest.Length)
            throw new PageFormatException($"{count} bytes are needed and {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public long Number(long most = long.MaxValue)
    {
        ulong value = Bits();
        return value <= (ulong)most ? (long)value : throw new PageFormatException($"{value} stands where at most {most} is possible");
    }

    public int Count(int most) => (int)Number(most);

    public ReadOnlySpan<byte> Counted(int most) => Take(Number(most));

    public Zone? Zone()
    {
        int taken = ZoneCodec.Read(_rest, out Zone? zone);
        if (taken == 0)
            throw new PageFormatException("a zone is none");
        Take(taken);
        return zone;
    }

    public string Text(int most)
    {
        ReadOnlySpan<byte> bytes = Counted(most);
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? System.Text.Encoding.UTF8.GetString(bytes)
            : throw new PageFormatException("a text is not valid UTF-8");
    }

    private ulong Bits()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            ulong bits = next & 0x7Fu;
            if (shift >= 64 || bits << shift >> shift != bits)
                throw new PageFormatException("a number has more than 64 bits");
            value |= bits << shift;
            if (next < 0x80)
                return value;
        }
    }
}
