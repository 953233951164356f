using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Whole streams and files, read and written in one go.</summary>
internal static class IpcForms
{
    public static (Schema Schema, List<RecordBatch> Batches) ReadStream(ReadOnlyMemory<byte> stream, IpcLimits? limits = null)
    {
        using var reader = new IpcStreamReader(stream, limits);
        return (reader.Schema, ReadAll(reader));
    }

    public static List<RecordBatch> ReadAll(IpcStreamReader reader)
    {
        var batches = new List<RecordBatch>();
        while (reader.ReadNext() is { } batch)
            batches.Add(batch);
        return batches;
    }

    public static (Schema Schema, List<RecordBatch> Batches) ReadFile(ReadOnlyMemory<byte> file, IpcLimits? limits = null)
    {
        var reader = new IpcFileReader(file, limits);
        return (reader.Schema, [.. Enumerable.Range(0, reader.BatchCount).Select(reader.ReadBatch)]);
    }

    public static byte[] WriteStream(Schema schema, IEnumerable<RecordBatch> batches, BodyCompression compression = BodyCompression.None)
    {
        using var stream = new MemoryStream();
        using var writer = new IpcStreamWriter(stream, schema, compression);
        foreach (RecordBatch batch in batches)
            writer.Write(batch);
        writer.Finish();
        return stream.ToArray();
    }

    public static byte[] WriteFile(Schema schema, IEnumerable<RecordBatch> batches, BodyCompression compression = BodyCompression.None)
    {
        using var stream = new MemoryStream();
        using var writer = new IpcFileWriter(stream, schema, compression);
        foreach (RecordBatch batch in batches)
            writer.Write(batch);
        writer.Finish();
        return stream.ToArray();
    }
}
