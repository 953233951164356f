using Varve.Arrow;

namespace Varve.Storage.Streams;

/// <summary>The rules for a stream's settings, checked when a stream is created and when they are set.</summary>
internal static class SettingsRules
{
    public const int ClusterColumnCountMax = 8;

    /// <summary>Throws <see cref="StorageErrorCode.InvalidSettings"/>, naming the rule that is broken.</summary>
    public static StoredSettings Check(string stream, StreamSchema schema, StreamSettings settings)
    {
        if (settings.RetainFor is { } age && age < TimeSpan.FromSeconds(1))
            throw Invalid(stream, $"rows are to be kept for {age}, at least a second is possible; leave it out to keep them for ever");
        if (settings.RetainRows is < 1)
            throw Invalid(stream, $"{settings.RetainRows} rows are to be kept, at least 1 is possible; leave it out to keep all");
        if (settings.RetainBytes is < 1)
            throw Invalid(stream, $"{settings.RetainBytes} bytes are to be kept, at least 1 is possible; leave it out to keep all");
        if (settings.ClusterBy.Count > ClusterColumnCountMax)
            throw Invalid(stream, $"it would be clustered by {settings.ClusterBy.Count} columns, at most {ClusterColumnCountMax} are possible");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string column in settings.ClusterBy)
            CheckColumn(stream, schema, column, seen);
        return StoredSettings.Of(settings, schema);
    }

    private static void CheckColumn(string stream, StreamSchema schema, string column, HashSet<string> seen)
    {
        int place = schema.IndexOf(column);
        if (place < 0)
            throw Invalid(stream, $"it cannot be clustered by column '{StreamName.Shown(column)}', which it does not have");
        if (!seen.Add(column))
            throw Invalid(stream, $"it would be clustered by column '{column}' twice");
        ArrowType type = schema.Schema.Fields[place].Type;
        if (type.Children.Count > 0 || type is NullType or IntervalType)
            throw Invalid(stream, $"it cannot be clustered by column '{column}': values of {type.Name} have no order");
    }

    private static StorageException Invalid(string stream, string problem) =>
        new(StorageErrorCode.InvalidSettings, $"the settings of stream '{stream}' cannot be: {problem}");
}
