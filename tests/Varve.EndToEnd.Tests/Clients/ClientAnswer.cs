using System.Text.Json;

namespace Varve.EndToEnd.Tests.Clients;

/// <summary>What a script answered: for each of its steps a result or an error.</summary>
internal sealed class ClientAnswer(JsonElement steps)
{
    public static ClientAnswer Parse(string text)
    {
        // Some clients print to standard output when they connect; the answer is the last line.
        string last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        return new ClientAnswer(JsonDocument.Parse(last).RootElement);
    }

    /// <summary>The result of a step; fails with the client's own words where it was an error.</summary>
    public JsonElement this[string step]
    {
        get
        {
            JsonElement outcome = steps.GetProperty(step);
            if (outcome.TryGetProperty("ok", out JsonElement result))
                return result;
            Assert.Fail($"step '{step}' failed: {outcome}");
            return default;
        }
    }

    public IEnumerable<JsonProperty> Steps => steps.EnumerateObject();

    public int StepCount => steps.EnumerateObject().Count();

    /// <summary>The steps that ended with an error.</summary>
    public IReadOnlyList<string> FailedSteps =>
        [.. steps.EnumerateObject().Where(step => !step.Value.TryGetProperty("ok", out _)).Select(step => step.Name)];

    /// <summary>The error of a step, as JSON text; fails where there was none.</summary>
    public string Error(string step)
    {
        JsonElement outcome = steps.GetProperty(step);
        Assert.False(outcome.TryGetProperty("ok", out _), $"step '{step}' should have failed: {outcome}");
        return outcome.GetRawText();
    }

    /// <summary>The rows of a step's table as JSON text, to be compared with a literal.</summary>
    public string Rows(string step) => this[step].GetProperty("rows").GetRawText();

    /// <summary>A step's result as JSON text.</summary>
    public string Text(string step) => this[step].GetRawText();

    /// <summary>The columns of a step's table as "name: type".</summary>
    public IReadOnlyList<string> Columns(string step) =>
        [
        .. this[step].GetProperty("columns").EnumerateArray()
            .Select(c => $"{c.GetProperty("name").GetString()}: {c.GetProperty("type").GetString()}"),
    ];
}
