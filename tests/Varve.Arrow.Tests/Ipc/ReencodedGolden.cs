using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Writes every golden case that is read again, as stream and as file, with each compression, for other readers to look at.</summary>
internal static class ReencodedGolden
{
    /// <returns>The names of the files: version, two underscores, case, form and compression.</returns>
    public static IReadOnlyList<string> WriteTo(string folder)
    {
        var names = new List<string>();
        foreach (string name in GoldenFiles.Read())
        {
            (Schema schema, List<RecordBatch> batches) = IpcForms.ReadFile(GoldenFiles.FileOf(name));
            foreach ((BodyCompression compression, string suffix) in
                ((BodyCompression, string)[])[(BodyCompression.None, "none"), (BodyCompression.Lz4Frame, "lz4"), (BodyCompression.Zstd, "zstd")])
            {
                string stem = name.Replace("/", "__", StringComparison.Ordinal);
                Write($"{stem}.stream.{suffix}", IpcForms.WriteStream(schema, batches, compression));
                Write($"{stem}.file.{suffix}", IpcForms.WriteFile(schema, batches, compression));
            }
        }

        return names;

        void Write(string file, byte[] bytes)
        {
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
            names.Add(file);
        }
    }
}
