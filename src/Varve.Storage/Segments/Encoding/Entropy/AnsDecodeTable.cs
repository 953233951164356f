using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Entropy;

/// <summary>
/// What to do in each state of the decoder: the value to give, and in 32 bits how to go on:
/// <code>
/// bits 0-7     bits to read, 0 to 13
/// bits 8-31    what to add to the bits read to get the next state
/// </code>
/// Whatever the bits read are, the next state is within the table.
/// </summary>
internal static class AnsDecodeTable
{
    public const int StateShift = 8;

    /// <param name="model">Gives the size of the table.</param>
    /// <param name="symbolValues">One for each symbol of the model.</param>
    /// <param name="stateValues">Takes one for each state.</param>
    /// <param name="entries">Takes one for each state.</param>
    public static void Fill<T>(AnsModel model, ReadOnlySpan<T> symbolValues, Span<T> stateValues, Span<uint> entries)
        where T : unmanaged
    {
        using Scratch<ushort> symbols = new(model.TableSize);
        using Scratch<ushort> next = new(model.Shares.Length);
        Span<ushort> nth = next.Span;
        model.Spread(symbols.Span);
        model.Shares.CopyTo(nth);
        ReadOnlySpan<ushort> spread = symbols.Span;
        stateValues = stateValues[..spread.Length];
        entries = entries[..spread.Length];
        for (int state = 0; state < spread.Length; state++)
        {
            int symbol = spread[state];
            int count = nth[symbol]++;
            int bits = model.TableBits - BitOperations.Log2((uint)count);
            entries[state] = (uint)bits | (uint)((count << bits) - spread.Length) << StateShift;
            stateValues[state] = symbolValues[symbol];
        }
    }
}
