using System.Buffers;

namespace Varve.Storage.Streams;

/// <summary>
/// The rule for names of streams: 1 to 255 characters, ASCII letters, digits, <c>_ - . /</c>; begins with a letter or a digit; the pieces
/// between slashes are not empty and do not end in a dot; no <c>..</c>. Case is kept, and names that differ only in case are one name, because
/// SQL folds the case of names. A leading underscore is for the node's own streams.
/// </summary>
/// <remarks>
/// ASCII only: such a name is the same in a path, in a URL, on a command line and in SQL, it has one spelling (no two Unicode forms of one
/// letter), and its case folds in one way.
/// </remarks>
internal static class StreamName
{
    public const int LengthMax = 255;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>How names are compared and found.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Throws <see cref="StorageErrorCode.InvalidName"/>, naming the rule that is broken.</summary>
    public static void Validate(string name)
    {
        if (Problem(name) is { } problem)
        {
            throw new StorageException(
                StorageErrorCode.InvalidName,
                $"cannot create stream '{Shown(name)}': {problem}. "
                + $"A name has 1 to {LengthMax} ASCII letters, digits, _ - . / and begins with a letter or a digit");
        }
    }

    /// <summary>A name as messages quote it: cut, and without characters that could garble a terminal or a log.</summary>
    public static string Shown(string name) =>
        string.Concat(name.Take(LengthMax).Select(c => char.IsControl(c) ? '?' : c)) + (name.Length > LengthMax ? "..." : "");

    private static string? Problem(string name)
    {
        if (name.Length == 0)
            return "the name is empty";
        if (name.Length > LengthMax)
            return $"the name has {name.Length} characters";
        int refused = name.AsSpan().IndexOfAnyExcept(Allowed);
        if (refused >= 0)
            return $"character {refused + 1} is not allowed";
        if (!char.IsAsciiLetterOrDigit(name[0]))
            return name[0] == '_' ? "names that begin with '_' belong to the node" : $"the name begins with '{name[0]}'";
        if (name.Contains("..", StringComparison.Ordinal))
            return "the name contains '..'";
        foreach (string piece in name.Split('/'))
        {
            if (piece.Length == 0)
                return "a piece between slashes is empty";
            if (piece[^1] == '.')
                return "a piece between slashes ends in a dot";
        }

        return null;
    }
}
