namespace Varve.Arrow.Ipc;

/// <summary>
/// The names from a top-level column down to a nested one, as a chain: it is put together only for an error message, and then cut to a
/// readable length, because names from outside may be of any length.
/// </summary>
internal sealed class FieldPath(FieldPath? parent, string name)
{
    private const int MaxNames = 8;
    private const int MaxNameChars = 64;

    /// <summary>The names joined by points.</summary>
    public string Text()
    {
        var names = new Stack<string>();
        FieldPath? at = this;
        for (; at is not null && names.Count < MaxNames; at = at.Parent)
            names.Push(at.Name.Length <= MaxNameChars ? at.Name : at.Name[..MaxNameChars] + "...");
        return (at is null ? "" : "...") + string.Join('.', names);
    }

    /// <summary>The names in quotes, as messages have them.</summary>
    public override string ToString() => $"'{Text()}'";

    private FieldPath? Parent { get; } = parent;

    private string Name { get; } = name;
}
