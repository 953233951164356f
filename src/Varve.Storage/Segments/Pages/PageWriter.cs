using System.Numerics;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Pages;

/// <summary>The payload of a page while it is made. For one thread at a time; used for one page after another.</summary>
internal sealed class PageWriter : IDisposable
{
    /// <summary>Vectors that are described; a deeply nested page has many more.</summary>
    private const int DescribedMax = 4;

    private readonly List<string> _encodings = [];

    public VectorWriter Payload { get; } = new();

    /// <summary>What decoding the page will allocate: its values as a plain array.</summary>
    public long RawBytes { get; private set; }

    /// <summary>How the values are encoded, in words: the vectors in their order, those of nulls left out.</summary>
    public string Encoding => _encodings.Count == 0 ? "null" : string.Join(" + ", _encodings);

    public void Begin()
    {
        Payload.Clear();
        _encodings.Clear();
        RawBytes = 0;
    }

    /// <summary>Counts memory that the reader will ask for.</summary>
    /// <exception cref="ArgumentException">The array is larger than a page may be.</exception>
    public void Count(long bytes)
    {
        RawBytes += bytes;
        if (RawBytes > PageReader.RawBytesMax)
            throw new ArgumentException($"a column of a block takes more than {PageReader.RawBytesMax} bytes: blocks have to be made smaller");
    }

    /// <summary>Whole numbers, or the bits of what is none.</summary>
    public void Integers<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int at = Payload.Length;
        IntegerVector.Encode(values, Payload);
        Describe(at);
    }

    public void Reals<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int at = Payload.Length;
        RealVector.Encode(values, Payload);
        Describe(at);
    }

    /// <summary>Bits [first, first + count) of the source as values.</summary>
    public void Booleans(ReadOnlySpan<byte> source, int first, int count)
    {
        int at = Payload.Length;
        BitVector.Encode(source, first, count, Payload);
        Describe(at);
    }

    public void Text(ReadOnlySpan<byte> bytes)
    {
        int at = Payload.Length;
        BytesVector.Encode(bytes, Payload);
        Describe(at);
    }

    public void Dispose() => Payload.Dispose();

    private void Describe(int at)
    {
        if (_encodings.Count < DescribedMax)
            _encodings.Add(VectorInspection.Describe(Payload.Written[at..]));
    }
}
