using Varve.Storage;

namespace Varve.Server.FlightSql.Updates;

/// <summary>Finds streams as SQL does: without regard to the case of their names. Stateless.</summary>
internal static class StreamLookup
{
    /// <summary>Null where there is none.</summary>
    public static StreamDescription? Find(StorageEngine engine, string name) => engine.TryDescribe(name, out StreamDescription? exact)
        ? exact
        : engine.List().FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="StorageException">There is none.</exception>
    public static StreamDescription Get(StorageEngine engine, string name) => Find(engine, name) ?? engine.Describe(name);
}
