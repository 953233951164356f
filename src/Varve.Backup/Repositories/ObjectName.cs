namespace Varve.Backup.Repositories;

/// <summary>
/// Names of objects: lower-case letters, digits, <c>-</c> and <c>_</c>, at most 200 of them, with at most one slash inside, which ends the name of a
/// folder. So each is also the name of a file and the key of an object of a store.
/// </summary>
public static class ObjectName
{
    public const int LengthMax = 200;

    /// <summary>Throws <see cref="ArgumentException"/> for what is no name.</summary>
    public static void Validate(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        if (!IsAllowed(name) || name.Length == 0 || slash == 0 || slash == name.Length - 1)
            throw new ArgumentException($"'{name}' is no name of an object", nameof(name));
    }

    /// <summary>Throws <see cref="ArgumentException"/> unless it is a folder with its slash, and perhaps the beginning of names in it.</summary>
    public static void ValidatePrefix(string prefix)
    {
        if (!IsAllowed(prefix) || prefix.IndexOf('/', StringComparison.Ordinal) < 1)
            throw new ArgumentException($"'{prefix}' names no folder of objects", nameof(prefix));
    }

    private static bool IsAllowed(string text) =>
        text.Length <= LengthMax && text.Count(c => c == '/') <= 1 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '/');
}
