using System.Globalization;

namespace Varve.Server.Configuration;

/// <summary>The kinds of values that settings have: how each is written, read and bounded.</summary>
internal static class SettingKinds
{
    private const string Auto = "auto";

    private static readonly (string Suffix, int Shift)[] ByteUnits = [("GiB", 30), ("MiB", 20), ("KiB", 10)];

    public static Setting Text(
        string key, string allowed, string meaning, Func<VarveServerOptions, string> get, Action<VarveServerOptions, string> set,
        string? flag = null) =>
        new(key, allowed, meaning, get, set) { Flag = flag! };

    public static Setting Listen(
        string key, string flag, string meaning, Func<VarveServerOptions, Endpoint> get, Action<VarveServerOptions, Endpoint> set) =>
        new(key, Endpoint.Allowed, meaning, o => get(o).ToString(), (o, text) => set(o, Endpoint.Parse(text))) { Flag = flag };

    public static Setting Switch(
        string key, string meaning, Func<VarveServerOptions, bool> get, Action<VarveServerOptions, bool> set, string? flag = null) =>
        new(key, "true or false", meaning, o => get(o) ? "true" : "false",
            (o, text) => set(o, bool.TryParse(text, out bool value) ? value : throw NotAllowed("true or false")))
        {
            Flag = flag!,
            IsSwitch = true,
        };

    public static Setting Choice<T>(string key, string meaning, Func<VarveServerOptions, T> get, Action<VarveServerOptions, T> set)
        where T : struct, Enum
    {
        string allowed = string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()));
        return new Setting(key, allowed, meaning, o => get(o).ToString().ToLowerInvariant(), (o, text) => set(o, ParseChoice<T>(text)));
    }

    /// <exception cref="FormatException">It is none of the names.</exception>
    public static T ParseChoice<T>(string text)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames<T>();
        int at = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? Enum.Parse<T>(names[at]) : throw NotAllowed(string.Join(", ", names.Select(n => n.ToLowerInvariant())));
    }

    public static Setting Count(
        string key, int min, int max, string meaning, Func<VarveServerOptions, int?> get, Action<VarveServerOptions, int?> set,
        bool isAutoAllowed = false)
    {
        string allowed = $"{min} to {max}{OrAuto(isAutoAllowed)}";
        return new Setting(key, allowed, meaning, o => get(o)?.ToString(CultureInfo.InvariantCulture) ?? Auto,
            (o, text) => set(o, isAutoAllowed && IsAuto(text) ? null : (int)ParseNumber(text, min, max, allowed)));
    }

    public static Setting Bytes(
        string key, long min, long max, string meaning, Func<VarveServerOptions, long?> get, Action<VarveServerOptions, long?> set,
        bool isAutoAllowed = false)
    {
        string allowed = $"{ShowBytes(min)} to {ShowBytes(max)}{OrAuto(isAutoAllowed)}, as bytes or with KiB, MiB, GiB";
        return new Setting(key, allowed, meaning, o => get(o) is { } value ? ShowBytes(value) : Auto,
            (o, text) => set(o, isAutoAllowed && IsAuto(text) ? null : ParseBytes(text, min, max, allowed)));
    }

    public static Setting Duration(
        string key, TimeSpan min, TimeSpan max, string meaning, Func<VarveServerOptions, TimeSpan> get, Action<VarveServerOptions, TimeSpan> set)
    {
        string allowed = $"{DurationText.Show(min)} to {DurationText.Show(max)}, as a number with ms, s, m, h or d";
        return new Setting(key, allowed, meaning, o => DurationText.Show(get(o)),
            (o, text) => set(o, DurationText.TryParse(text, out TimeSpan value) && value >= min && value <= max ? value : throw NotAllowed(allowed)));
    }

    private static string OrAuto(bool isAutoAllowed) => isAutoAllowed ? $", or {Auto}" : "";

    private static bool IsAuto(string text) => text.Equals(Auto, StringComparison.OrdinalIgnoreCase);

    private static long ParseBytes(string text, long min, long max, string allowed)
    {
        foreach ((string suffix, int shift) in ByteUnits)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return ParseNumber(text[..^suffix.Length].TrimEnd(), (min + (1L << shift) - 1) >> shift, max >> shift, allowed) << shift;
        }

        return ParseNumber(text, min, max, allowed);
    }

    private static long ParseNumber(string text, long min, long max, string allowed) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw NotAllowed(allowed);

    private static string ShowBytes(long bytes)
    {
        foreach ((string suffix, int shift) in ByteUnits)
        {
            if (bytes >= 1L << shift && (bytes & ((1L << shift) - 1)) == 0)
                return (bytes >> shift).ToString(CultureInfo.InvariantCulture) + suffix;
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    private static FormatException NotAllowed(string allowed) => new($"allowed is {allowed}");
}
