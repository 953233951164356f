using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads a column of the null type: null or nothing.</summary>
internal sealed class JsonNullColumn(Field field, ArrayBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    protected override void ReadValue(ref Utf8JsonReader reader) => throw Fail(ref reader);
}
