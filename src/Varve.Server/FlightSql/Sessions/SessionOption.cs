using Varve.Protocol.Flight;

namespace Varve.Server.FlightSql.Sessions;

/// <summary>One option of a session.</summary>
/// <param name="Name">As clients write it.</param>
/// <param name="Get">Its value; null where it is not set.</param>
/// <param name="Set">The values with this one in them, or without it where it is unset; null where the value is not allowed.</param>
internal sealed record SessionOption(
    string Name, Func<SessionValues, SessionOptionValue?> Get, Func<SessionValues, SessionOptionValue, SessionValues?> Set)
{
    /// <summary>One that has a single value, and can be set to that.</summary>
    public static SessionOption Fixed(string name, string value) => new(
        name,
        _ => new SessionOptionValue { StringValue = value },
        (values, wanted) => IsUnset(wanted) || wanted is { OptionValueCase: SessionOptionValue.OptionValueOneofCase.StringValue, StringValue: var text }
            && text == value ? values : null);

    /// <summary>A whole number of at least 1, as an integer or as text.</summary>
    public static SessionOption Number(string name, Func<SessionValues, long?> get, Func<SessionValues, long?, SessionValues> set) => new(
        name,
        values => get(values) is { } number ? new SessionOptionValue { Int64Value = number } : null,
        (values, wanted) => IsUnset(wanted) ? set(values, null) : NumberOf(wanted) is { } number and > 0 ? set(values, number) : null);

    private static bool IsUnset(SessionOptionValue value) => value.OptionValueCase == SessionOptionValue.OptionValueOneofCase.None;

    private static long? NumberOf(SessionOptionValue value) => value.OptionValueCase switch
    {
        SessionOptionValue.OptionValueOneofCase.Int64Value => value.Int64Value,
        SessionOptionValue.OptionValueOneofCase.StringValue
            when long.TryParse(value.StringValue, System.Globalization.NumberStyles.None, null, out long number) => number,
        _ => null,
    };
}
