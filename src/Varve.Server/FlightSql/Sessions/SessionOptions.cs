using Varve.Protocol.Flight;
using Varve.Server.FlightSql.Metadata;

namespace Varve.Server.FlightSql.Sessions;

/// <summary>The options that a session knows. There is one catalog and one schema, so these can be read, and set to what they are.</summary>
internal static class SessionOptions
{
    /// <summary>A day: the same bound as the daemon's own setting.</summary>
    private const long TimeoutMsMax = 24 * 60 * 60 * 1000;

    private static readonly SessionOption[] All =
    [
        SessionOption.Fixed("catalog", TableCatalog.Name),
        SessionOption.Fixed("schema", TableCatalog.DbSchema),
        SessionOption.Number("statement_timeout_ms",
            values => (long?)values.StatementTimeout?.TotalMilliseconds,
            (values, number) => values with
            {
                StatementTimeout = number is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, TimeoutMsMax)) : null,
            }),
        SessionOption.Number("min_position", values => values.MinPosition, (values, number) => values with { MinPosition = number }),
    ];

    public static GetSessionOptionsResult Show(SessionValues values)
    {
        var result = new GetSessionOptionsResult();
        foreach (SessionOption option in All)
        {
            if (option.Get(values) is { } value)
                result.SessionOptions.Add(option.Name, value);
        }

        return result;
    }

    /// <summary>The values with those of the request in them; one that is wrong changes nothing and is told in the result.</summary>
    public static SessionValues Apply(SetSessionOptionsRequest request, SessionValues values, SetSessionOptionsResult result)
    {
        foreach ((string name, SessionOptionValue wanted) in request.SessionOptions)
        {
            SessionOption? option = Array.Find(All, o => o.Name == name);
            if (option?.Set(values, wanted) is { } changed)
                values = changed;
            else
                result.Errors.Add(name, new SetSessionOptionsResult.Types.Error { Value = Problem(option) });
        }

        return values;
    }

    private static SetSessionOptionsResult.Types.ErrorValue Problem(SessionOption? option) => option is null
        ? SetSessionOptionsResult.Types.ErrorValue.InvalidName
        : SetSessionOptionsResult.Types.ErrorValue.InvalidValue;
}
