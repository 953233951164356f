using Varve.Protocol.Flight;
using Varve.Server.FlightSql.Metadata;

namespace Varve.Server.FlightSql;

/// <summary>
/// The options of a session that Flight SQL knows: the current catalog and schema. There is one of each, so they can be read, and set to what they
/// are.
/// </summary>
internal static class SessionOptions
{
    private static readonly Dictionary<string, string> Fixed = new(StringComparer.Ordinal)
    {
        ["catalog"] = TableCatalog.Name,
        ["schema"] = TableCatalog.DbSchema,
    };

    public static GetSessionOptionsResult Get()
    {
        var result = new GetSessionOptionsResult();
        foreach ((string name, string value) in Fixed)
            result.SessionOptions.Add(name, new SessionOptionValue { StringValue = value });
        return result;
    }

    public static SetSessionOptionsResult Set(SetSessionOptionsRequest request)
    {
        var result = new SetSessionOptionsResult();
        foreach ((string name, SessionOptionValue value) in request.SessionOptions)
        {
            if (Problem(name, value) is { } problem)
                result.Errors.Add(name, new SetSessionOptionsResult.Types.Error { Value = problem });
        }

        return result;
    }

    private static SetSessionOptionsResult.Types.ErrorValue? Problem(string name, SessionOptionValue value)
    {
        if (!Fixed.TryGetValue(name, out string? current))
            return SetSessionOptionsResult.Types.ErrorValue.InvalidName;
        bool isUnset = value.OptionValueCase == SessionOptionValue.OptionValueOneofCase.None;
        bool isCurrent = value.OptionValueCase == SessionOptionValue.OptionValueOneofCase.StringValue && value.StringValue == current;
        return isUnset || isCurrent ? null : SetSessionOptionsResult.Types.ErrorValue.InvalidValue;
    }
}
