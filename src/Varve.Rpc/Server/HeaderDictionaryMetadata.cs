using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Varve.Rpc.Server;

/// <summary>Metadata on its way into HTTP headers.</summary>
internal static class HeaderDictionaryMetadata
{
    /// <summary>Unlike ASP.NET's own Append this one keeps empty values: they are metadata as any other.</summary>
    public static void Append(this IHeaderDictionary headers, Metadata metadata)
    {
        foreach (MetadataEntry entry in metadata)
            headers[entry.Key] = StringValues.Concat(headers[entry.Key], new StringValues([Metadata.ToWire(entry)]));
    }
}
