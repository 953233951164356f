namespace Varve.Query.Pruning.Conditions;

/// <summary>
/// A pattern of LIKE on the bytes of UTF-8: pieces, one behind the other, that any text may stand between. The first piece of a pattern that does
/// not begin with % stands at the text's start, the last one of a pattern that does not end with % at its end. Immutable.
/// </summary>
internal sealed class TextPattern
{
    private const byte AnyText = (byte)'%';
    private const byte AnyCharacter = (byte)'_';

    /// <summary>Between two % each, so that the first and last may be empty.</summary>
    private readonly Piece[] _pieces;

    private TextPattern(Piece[] pieces) => _pieces = pieces;

    /// <summary>Bytes with which every match begins.</summary>
    public ReadOnlySpan<byte> Prefix => _pieces[0].Head;

    /// <summary>Whether every text with the prefix is a match.</summary>
    public bool IsPrefix => _pieces is [{ HasWildcards: false }, { IsEmpty: true }];

    public static TextPattern BeginsWith(ReadOnlySpan<byte> text) => new([new Piece(text), Piece.Empty]);

    public static TextPattern EndsWith(ReadOnlySpan<byte> text) => new([Piece.Empty, new Piece(text)]);

    public static TextPattern Contains(ReadOnlySpan<byte> text) => new([Piece.Empty, new Piece(text), Piece.Empty]);

    /// <param name="pattern">With % and _.</param>
    /// <param name="escape">The character that takes away the meaning of the one behind it; null where there is none.</param>
    /// <returns>Null for a pattern that ends with the escape character, which is an error.</returns>
    public static TextPattern? Like(ReadOnlySpan<byte> pattern, byte? escape)
    {
        List<Piece> pieces = [];
        List<byte> bytes = [];
        List<bool> isWildcard = [];
        for (int i = 0; i < pattern.Length; i++)
        {
            byte c = pattern[i];
            if (c == escape)
            {
                if (++i == pattern.Length)
                    return null;
                bytes.Add(pattern[i]);
                isWildcard.Add(false);
            }
            else if (c == AnyText)
            {
                pieces.Add(new Piece([.. bytes], [.. isWildcard]));
                bytes.Clear();
                isWildcard.Clear();
            }
            else
            {
                bytes.Add(c);
                isWildcard.Add(c == AnyCharacter);
            }
        }

        pieces.Add(new Piece([.. bytes], [.. isWildcard]));
        return new TextPattern([.. pieces]);
    }

    /// <summary>Taking each piece at its first place is enough: what any later place leaves for the next ones, the first leaves too.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (!_pieces[0].TryMatch(text, out int length))
            return false;
        if (_pieces.Length == 1)
            return length == text.Length;
        text = text[length..];
        foreach (Piece piece in _pieces.AsSpan(1, _pieces.Length - 2))
        {
            if (!piece.TryFind(text, out int end))
                return false;
            text = text[end..];
        }

        return _pieces[^1].EndsText(text);
    }

    /// <summary>Characters of which some may be any.</summary>
    private sealed class Piece
    {
        public static readonly Piece Empty = new([]);

        private readonly byte[] _bytes;
        private readonly bool[] _isWildcard;
        private readonly int _headLength;

        public Piece(ReadOnlySpan<byte> text)
            : this(text.ToArray(), new bool[text.Length])
        {
        }

        public Piece(byte[] bytes, bool[] isWildcard)
        {
            _bytes = bytes;
            _isWildcard = isWildcard;
            int wildcard = Array.IndexOf(isWildcard, true);
            HasWildcards = wildcard >= 0;
            _headLength = HasWildcards ? wildcard : bytes.Length;
        }

        public bool HasWildcards { get; }

        public bool IsEmpty => _bytes.Length == 0;

        /// <summary>The bytes before the first wildcard.</summary>
        public ReadOnlySpan<byte> Head => _bytes.AsSpan(0, _headLength);

        /// <summary>Whether it stands at the start of a text, and how many bytes it takes there.</summary>
        public bool TryMatch(ReadOnlySpan<byte> text, out int length)
        {
            length = _bytes.Length;
            if (!text.StartsWith(Head))
                return false;
            return !HasWildcards || TryMatchRest(text, out length);
        }

        /// <summary>Its first place in a text, and where it ends there.</summary>
        public bool TryFind(ReadOnlySpan<byte> text, out int end)
        {
            for (int at = 0; at <= text.Length; at = NextCharacter(text, at))
            {
                int head = text[at..].IndexOf(Head);
                if (head < 0)
                    break;
                at += head;
                end = at + _bytes.Length;
                if (!HasWildcards)
                    return true;
                if (TryMatchRest(text[at..], out int length))
                {
                    end = at + length;
                    return true;
                }

                if (at == text.Length)
                    break;
            }

            end = 0;
            return false;
        }

        public bool EndsText(ReadOnlySpan<byte> text)
        {
            if (!HasWildcards)
                return text.EndsWith(_bytes);

            // Every character of the piece is one of the text: count them back from the end.
            int characters = 0;
            for (int i = 0; i < _bytes.Length; i++)
                characters += IsInside(_bytes[i]) ? 0 : 1;
            int at = text.Length;
            for (; characters > 0; characters--)
            {
                if (at == 0)
                    return false;
                do
                    at--;
                while (at > 0 && IsInside(text[at]));
            }

            return TryMatch(text[at..], out int length) && length == text.Length - at;
        }

        private bool TryMatchRest(ReadOnlySpan<byte> text, out int length)
        {
            length = _headLength;
            for (int i = _headLength; i < _bytes.Length; i++)
            {
                if (length == text.Length || (!_isWildcard[i] && text[length] != _bytes[i]))
                    return false;
                length = _isWildcard[i] ? NextCharacter(text, length) : length + 1;
            }

            return true;
        }

        private static int NextCharacter(ReadOnlySpan<byte> text, int at)
        {
            at++;
            while (at < text.Length && IsInside(text[at]))
                at++;
            return at;
        }

        /// <summary>Whether a byte of UTF-8 is not the first of its character.</summary>
        private static bool IsInside(byte b) => (b & 0xC0) == 0x80;
    }
}
