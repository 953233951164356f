using System.Text;

namespace Varve.Cli.Shell.Editing;

/// <summary>
/// Makes keys of the bytes that a terminal sends (ECMA-48 sequences as xterm and its kin send them, UTF-8, bracketed paste). Bytes may come in any
/// pieces. What it does not know it drops. One caller.
/// </summary>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1B;
    private const int SequenceBytesMax = 32;

    private static readonly byte[] PasteEnd = "\e[201~"u8.ToArray();

    private readonly List<byte> _waiting = [];
    private bool _isPasting;

    public IReadOnlyList<KeyPress> Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            _waiting.Add(b);
        var keys = new List<KeyPress>();
        int used;
        do
        {
            used = _isPasting ? TakePaste(keys) : TakeKey(keys);
            _waiting.RemoveRange(0, used);
        }
        while (used > 0 && _waiting.Count > 0);
        return keys;
    }

    /// <summary>How many bytes the next key took; 0: more have to come.</summary>
    private int TakeKey(List<KeyPress> keys)
    {
        byte first = _waiting[0];
        if (first == Escape)
            return TakeSequence(keys);
        if (first is < 0x20 or 0x7F)
        {
            if (ControlKeys.Of(first) is { } key)
                keys.Add(new KeyPress(key));
            return 1;
        }

        byte[] bytes = [.. _waiting];
        switch (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used))
        {
            case System.Buffers.OperationStatus.NeedMoreData:
                return 0;
            case System.Buffers.OperationStatus.Done:
                keys.Add(new KeyPress(Key.Text, rune.ToString()));
                break;
        }

        return used;
    }

    /// <summary>Escape, then: [ and a sequence, O and a letter, or the key that was pressed together with alt.</summary>
    private int TakeSequence(List<KeyPress> keys)
    {
        if (_waiting.Count < 2)
            return 0;
        byte second = _waiting[1];
        if (second == Escape)
        {
            keys.Add(new KeyPress(Key.Cancel));
            return 1;
        }

        if (second == 'O')
        {
            if (_waiting.Count < 3)
                return 0;
            Add(keys, ControlKeys.OfSequence($"{(char)_waiting[2]}"));
            return 3;
        }

        if (second != '[')
        {
            Add(keys, ControlKeys.OfAlt(second));
            return 2;
        }

        int end = _waiting.FindIndex(2, b => b is >= 0x40 and <= 0x7E);
        if (end < 0)
            return _waiting.Count > SequenceBytesMax ? _waiting.Count : 0;
        string sequence = Encoding.ASCII.GetString([.. _waiting[2..(end + 1)]]);
        if (sequence == "200~")
            _isPasting = true;
        else
            Add(keys, ControlKeys.OfSequence(sequence));
        return end + 1;
    }

    private int TakePaste(List<KeyPress> keys)
    {
        byte[] bytes = [.. _waiting];
        int end = bytes.AsSpan().IndexOf(PasteEnd);
        if (end < 0)
            return 0;
        string text = Encoding.UTF8.GetString(bytes, 0, end).ReplaceLineEndings("\n");
        keys.Add(new KeyPress(Key.Paste, string.Concat(text.Where(c => c is '\n' or '\t' || !char.IsControl(c)))));
        _isPasting = false;
        return end + PasteEnd.Length;
    }

    private static void Add(List<KeyPress> keys, Key? key)
    {
        if (key is { } known)
            keys.Add(new KeyPress(known));
    }
}
