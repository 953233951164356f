using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Pages;

/// <summary>Reads whole pages of blocks, and checks them against what the footer says.</summary>
internal static class BlockPage
{
    /// <exception cref="PageFormatException">The page is not what the footer says.</exception>
    /// <exception cref="VectorFormatException">As above.</exception>
    public static ArrayData Read(ArrowType type, int rows, in BlockEntry entry, ReadOnlySpan<byte> payload, BlockBuffers? buffers) =>
        Read(type, rows, entry.NullCount, entry.RawBytes, payload, buffers);

    /// <summary>Codes into a dictionary: numbers of two or four bytes, each that of a value.</summary>
    /// <inheritdoc cref="Read(ArrowType, int, in BlockEntry, ReadOnlySpan{byte}, BlockBuffers?)"/>
    public static ArrayData ReadCodes(ArrayData dictionary, int rows, in BlockEntry entry, ReadOnlySpan<byte> payload, BlockBuffers? buffers)
    {
        IntegerType codeType = CodedColumn.CodeTypeOf(dictionary.Length);
        long rawBytes = ((long)rows * codeType.ByteWidth) + Bitmap.ByteCount(rows);
        ArrayData codes = Read(codeType, rows, entry.NullCount, rawBytes, payload, buffers);
        uint greatest = codeType.ByteWidth == sizeof(ushort) ? Greatest<ushort>(codes) : Greatest<uint>(codes);
        if (greatest >= dictionary.Length)
            throw new PageFormatException($"it refers to value {greatest}, the dictionary has {dictionary.Length}");
        DictionaryType type = new(codeType, dictionary.Type, IsOrdered: false);
        return new ArrayData(type, rows, codes.NullCount, codes.Buffers, dictionary: dictionary);
    }

    private static ArrayData Read(ArrowType type, int rows, int nulls, long rawBytes, ReadOnlySpan<byte> payload, BlockBuffers? buffers)
    {
        PageReader reader = new(payload, rawBytes, buffers);
        ArrayData array = ArrayPage.Read(type, rows, ref reader);
        if (!reader.IsAtEnd)
            throw new PageFormatException("something follows its values");
        return array.NullCount == nulls
            ? array
            : throw new PageFormatException($"{array.NullCount} rows are null, the footer says {nulls}");
    }

    private static uint Greatest<T>(ArrayData codes)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        uint.CreateTruncating(Bounds.Of(MemoryMarshal.Cast<byte, T>(codes.Buffers[1].Span)[..codes.Length]).Greatest);
}
