using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding.Entropy;

/// <summary>
/// Symbols in four streams, symbol i in stream i % 4, which a processor decodes side by side.
/// <code>
/// u16 x 4    the states in which a decoder begins
/// u32 x 4    bytes of the streams
/// streams    bits, the least significant one first; the last byte of each is filled with zeros
/// 8 bytes    zeros: a decoder loads whole words
/// </code>
/// </summary>
internal static class AnsStreams
{
    public const int Count = 4;
    public const int PaddingBytes = 8;

    private const int LengthsBytes = Count * sizeof(uint);

    public static void Write(AnsModel model, ReadOnlySpan<ushort> symbols, VectorWriter writer)
    {
        Span<ushort> states = stackalloc ushort[Count];
        Span<int> lengths = stackalloc int[Count];
        using Scratch<uint> pieces = new(symbols.Length);
        new AnsEncoder(model).Encode(symbols, pieces.Span, states);
        writer.Append(MemoryMarshal.AsBytes(states));
        int at = writer.Length;
        writer.Append(LengthsBytes);
        for (int s = 0; s < Count; s++)
            lengths[s] = AnsEncoder.Write(pieces.Span, s, writer);
        writer.Append(PaddingBytes).Clear();
        MemoryMarshal.AsBytes(lengths).CopyTo(writer.At(at, LengthsBytes));
    }

    /// <summary>Decodes to the values that the symbols stand for; there are as many as the model has symbols.</summary>
    /// <exception cref="VectorFormatException">A stream does not end where and as it should.</exception>
    public static void Read<T>(AnsModel model, ReadOnlySpan<T> values, ref BodyReader reader, Span<T> target)
        where T : unmanaged
    {
        Span<int> states = stackalloc int[Count];
        Span<long> places = stackalloc long[Count + 1];
        foreach (ref int state in states)
        {
            state = reader.Take<ushort>();
            if (state >= model.TableSize)
                throw new VectorFormatException($"a decoder of {model.TableSize} states would begin in state {state}");
        }

        for (int s = 0; s < Count; s++)
            places[s + 1] = places[s] + (8L * reader.Take<uint>());
        ReadOnlySpan<byte> streams = reader.Take((places[Count] / 8) + PaddingBytes);
        using Scratch<uint> entries = new(model.TableSize);
        using Scratch<T> stateValues = new(model.TableSize);
        AnsDecodeTable.Fill(model, values, stateValues.Span, entries.Span);
        Span<long> ends = stackalloc long[Count];
        places[..Count].CopyTo(ends);
        AnsDecoder.Decode<T>(entries.Span, stateValues.Span, streams, ends, states, target);
        for (int s = 0; s < Count; s++)
        {
            if (states[s] != 0 || (ends[s] + 7) / 8 != places[s + 1] / 8)
                throw new VectorFormatException(
                    $"the {places[s + 1] - places[s]} bits of stream {s} of a vector's symbols do not end as they should");
        }
    }
}
