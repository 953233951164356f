using System.Globalization;

namespace Varve.Storage;

/// <summary>An entry's number in the log: dense from 1, assigned once and the same on every replica. 0 stands before the first entry.</summary>
public readonly record struct LogPosition(long Value) : IComparable<LogPosition>
{
    /// <summary>Before the first entry.</summary>
    public static LogPosition None => default;

    public LogPosition Next => new(Value + 1);

    public int CompareTo(LogPosition other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(LogPosition left, LogPosition right) => left.Value < right.Value;

    public static bool operator <=(LogPosition left, LogPosition right) => left.Value <= right.Value;

    public static bool operator >(LogPosition left, LogPosition right) => left.Value > right.Value;

    public static bool operator >=(LogPosition left, LogPosition right) => left.Value >= right.Value;
}
