using System.Numerics;
using System.Runtime.CompilerServices;

namespace Varve.Storage.Segments.Encoding.Entropy;

/// <summary>
/// Symbols to the bits that each one leaves behind, from the last to the first: a decoder, which goes the other way, takes them up from the first to
/// the last. Immutable; any thread.
/// </summary>
internal sealed class AnsEncoder
{
    /// <summary>A symbol's bits in a piece; how many they are stands above.</summary>
    private const int PieceShift = 16;

    private readonly int _tableSize;
    private readonly ushort[] _states;
    private readonly Step[] _steps;

    public AnsEncoder(AnsModel model)
    {
        _tableSize = model.TableSize;
        _states = new ushort[_tableSize];
        _steps = new Step[model.Shares.Length];
        int[] next = new int[model.Shares.Length];
        int sum = 0;
        for (int s = 0; s < model.Shares.Length; s++)
        {
            int share = model.Shares[s];
            int bitsMost = model.TableBits - BitOperations.Log2((uint)share);
            _steps[s] = new Step((bitsMost << PieceShift) - (share << bitsMost), sum - share);
            next[s] = sum;
            sum += share;
        }

        using Scratch<ushort> symbols = new(_tableSize);
        model.Spread(symbols.Span);
        for (int place = 0; place < _tableSize; place++)
            _states[next[symbols.Span[place]]++] = (ushort)(_tableSize + place);
    }

    /// <param name="Bits">
    /// Added to a state, gives in the upper half how many bits to write: those by which the state is too large for the symbol.
    /// </param>
    /// <param name="FirstState">Where the symbol's states begin, less its share.</param>
    private readonly record struct Step(int Bits, int FirstState);

    /// <summary>Makes the pieces of all symbols and the states in which the decoders of the streams begin; they end in state 0.</summary>
    public void Encode(ReadOnlySpan<ushort> symbols, Span<uint> pieces, Span<ushort> firstStates)
    {
        Span<int> states = stackalloc int[AnsStreams.Count];
        states.Fill(_tableSize);
        int i = symbols.Length;
        for (; i % AnsStreams.Count != 0; i--)
            pieces[i - 1] = Next(symbols[i - 1], ref states[(i - 1) % AnsStreams.Count]);

        // Four that do not wait for one another.
        (int s0, int s1, int s2, int s3) = (states[0], states[1], states[2], states[3]);
        for (i -= AnsStreams.Count; i >= 0; i -= AnsStreams.Count)
        {
            ReadOnlySpan<ushort> four = symbols.Slice(i, AnsStreams.Count);
            Span<uint> made = pieces.Slice(i, AnsStreams.Count);
            made[0] = Next(four[0], ref s0);
            made[1] = Next(four[1], ref s1);
            made[2] = Next(four[2], ref s2);
            made[3] = Next(four[3], ref s3);
        }

        firstStates[0] = (ushort)(s0 - _tableSize);
        firstStates[1] = (ushort)(s1 - _tableSize);
        firstStates[2] = (ushort)(s2 - _tableSize);
        firstStates[3] = (ushort)(s3 - _tableSize);
    }

    /// <summary>Appends the bits of one stream's pieces and returns their bytes.</summary>
    public static int Write(ReadOnlySpan<uint> pieces, int stream, VectorWriter writer)
    {
        int most = (((pieces.Length + AnsStreams.Count - 1) / AnsStreams.Count) * sizeof(ushort)) + sizeof(ulong);
        Span<byte> room = writer.Append(most);
        ulong held = 0;
        int heldBits = 0;
        int at = 0;
        for (int i = stream; i < pieces.Length; i += AnsStreams.Count)
        {
            uint piece = pieces[i];
            held |= (ulong)(ushort)piece << heldBits;
            heldBits += (int)(piece >> PieceShift);
            if (heldBits < 32)
                continue;
            Unsafe.WriteUnaligned(ref room[at], (uint)held);
            held >>= 32;
            heldBits -= 32;
            at += sizeof(uint);
        }

        for (; heldBits > 0; heldBits -= 8, held >>= 8)
            room[at++] = (byte)held;
        writer.Truncate(writer.Length - most + at);
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Next(int symbol, ref int state)
    {
        Step step = _steps[symbol];
        int bits = (state + step.Bits) >> PieceShift;
        uint piece = (uint)(bits << PieceShift | (state & ((1 << bits) - 1)));
        state = _states[step.FirstState + (state >> bits)];
        return piece;
    }
}
