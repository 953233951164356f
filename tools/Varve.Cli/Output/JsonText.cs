using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;

namespace Varve.Cli.Output;

/// <summary>What is printed for programs: indented JSON with letters as they are.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(JsonNode value) => Console.WriteLine(value.ToJsonString(Indented));

    /// <summary>RFC 3339, in UTC.</summary>
    public static string Time(Timestamp time) => time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
}
