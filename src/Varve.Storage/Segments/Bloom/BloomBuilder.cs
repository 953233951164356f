using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments.Format;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Bloom;

/// <summary>
/// Makes the Bloom filters of one column, block by block, where they pay: for text, binary and wide integers whose values hardly repeat, stand in no
/// order and are few of those that could stand between their bounds. Where that is not so, bounds or a dictionary tell as much. One thread.
/// </summary>
internal sealed class BloomBuilder
{
    /// <summary>What a look at one value reads, about.</summary>
    private const int PartBytes = 16 << 10;

    /// <summary>A filter may take that part of what the block's values take.</summary>
    private const int ValueBytesPerFilterByte = 4;

    /// <summary>Fewer integers than one in so many of those between the bounds are there.</summary>
    private const int Sparse = 64;

    private readonly DistinctHashes _hashes = new();
    private readonly byte[]?[] _filters;
    private readonly int _parts;
    private Zone? _lastZone;
    private int _apartCount;

    public BloomBuilder(int[] blockRows)
    {
        _filters = new byte[]?[blockRows.Length];
        long bytes = blockRows.Sum(r => (long)r) * BloomFilter.BitsPerValue / 8;
        _parts = (int)BitOperations.RoundUpToPowerOf2((ulong)((bytes + PartBytes - 1) / PartBytes));
    }

    public static bool IsFor(ArrowType type) => type is IntegerType { BitWidth: >= 32 } || ByteRows.AreOf(type);

    /// <param name="block">The next one.</param>
    /// <param name="array">Its values.</param>
    /// <param name="zone">Their bounds.</param>
    /// <param name="storedBytes">What they take in the file.</param>
    public void Look(int block, ArrayData array, Zone? zone, int storedBytes)
    {
        int values = array.Length - array.NullCount;
        if (zone is not { IsEmpty: false } bounds || (long)values * BloomFilter.BitsPerValue / 8 * ValueBytesPerFilterByte > storedBytes)
            return;
        if (_lastZone is { } last && (bounds.Least > last.Greatest || bounds.Greatest < last.Least))
            _apartCount++;
        _lastZone = bounds;
        bool isWhole = bounds.Least.Kind == ZoneKind.Whole;
        if (isWhole && bounds.Greatest.Whole - bounds.Least.Whole < (Int128)values * Sparse)
            return;
        _hashes.Begin(values);
        if (!(isWhole ? TryHashNumbers(array) : TryHashBytes(array)) || _hashes.Count < values / 2)
            return;
        int buckets = Math.Max(1, ((_hashes.Count * BloomFilter.BitsPerValue / (8 * BloomFilter.BucketBytes)) + _parts - 1) / _parts);
        byte[] filter = new byte[_parts * buckets * BloomFilter.BucketBytes];
        int partBytes = filter.Length / _parts;
        _hashes.ForEach(hash => BloomFilter.Add(hash, _parts, filter.AsSpan(BloomFilter.PartOf(hash, _parts) * partBytes, partBytes)));
        _filters[block] = filter;
    }

    /// <summary>Writes the pages; null where filters do not pay.</summary>
    public BloomEntry? Write(int column, SegmentOutput output)
    {
        int made = _filters.Count(f => f is not null);

        // Where the bounds of most blocks lie apart, they tell already which block has a value.
        if (2 * made < _filters.Length || made == 0 || (_filters.Length > 1 && 2 * _apartCount >= _filters.Length - 1))
            return null;
        var parts = new PagePlace[_parts];
        int[] partBytes = [.. _filters.Select(f => (f?.Length ?? 0) / _parts)];
        byte[] page = new byte[partBytes.Sum()];
        for (int part = 0; part < _parts; part++)
        {
            int at = 0;
            for (int block = 0; block < _filters.Length; at += partBytes[block++])
                _filters[block].AsSpan(part * partBytes[block], partBytes[block]).CopyTo(page.AsSpan(at));
            parts[part] = output.Write(PageKind.Bloom, column, part, page);
        }

        return new BloomEntry(parts, [.. partBytes.Select(b => b / BloomFilter.BucketBytes)]);
    }

    /// <summary>False where the rows stand in order.</summary>
    private bool TryHashNumbers(ArrayData array)
    {
        ReadOnlySpan<byte> values = array.Buffers[1].Span;
        int width = array.Type.ByteWidth;
        bool isSigned = ((IntegerType)array.Type).IsSigned;
        bool isSorted = true;
        Int128 before = Int128.MinValue;
        for (int row = 0; row < array.Length; row++)
        {
            if (array.NullCount > 0 && array.IsNull(row))
                continue;
            ReadOnlySpan<byte> bytes = values[((array.Offset + row) * width)..];
            long value = width == sizeof(long) ? MemoryMarshal.Read<long>(bytes)
                : isSigned ? MemoryMarshal.Read<int>(bytes)
                : MemoryMarshal.Read<uint>(bytes);
            Int128 ordered = isSigned || width < sizeof(long) ? value : (ulong)value;
            isSorted &= ordered >= before;
            before = ordered;
            _hashes.Add(ValueHash.Of(value));
        }

        return !isSorted;
    }

    /// <summary>False where the rows stand in order.</summary>
    private bool TryHashBytes(ArrayData array)
    {
        ByteRows rows = new(array);
        bool isSorted = true;
        int before = -1;
        for (int row = 0; row < array.Length; row++)
        {
            if (array.NullCount > 0 && array.IsNull(row))
                continue;
            isSorted = isSorted && (before < 0 || rows[row].SequenceCompareTo(rows[before]) >= 0);
            before = row;
            _hashes.Add(ValueHash.Of(rows[row]));
        }

        return !isSorted;
    }
}
