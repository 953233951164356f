using System.Globalization;
using Varve.Storage.FileSystem;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Recovery;

/// <summary>
/// The directory of the segments' files next to what a recovered catalog says of them, after one look at it: lengths without opening a file. Used by
/// one thread, while an engine opens.
/// </summary>
internal sealed class SegmentDirectory
{
    private const int NameDigits = 10;
    private const string Suffix = ".seg";

    private readonly IFileSystem _fileSystem;
    private readonly string _path;
    private readonly List<string> _orphans = [];
    private readonly List<long> _left = [];

    private SegmentDirectory(IFileSystem fileSystem, string path)
    {
        _fileSystem = fileSystem;
        _path = path;
    }

    /// <summary>No file has the name of a segment with a higher id.</summary>
    public long HighestId { get; private set; }

    /// <summary>Segments that no stream has, whose files <see cref="Sweep"/> left there.</summary>
    public IReadOnlyList<long> Left => _left;

    public static string NameOf(long segmentId) => segmentId.ToString("D10", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>
    /// Throws <see cref="StorageErrorCode.Corruption"/>, having changed nothing, where the file of a segment is missing or has not the length that it
    /// was written with.
    /// </summary>
    /// <param name="fileSystem">Where it is.</param>
    /// <param name="path">The directory.</param>
    /// <param name="catalog">As it was recovered.</param>
    /// <param name="allowsDamage">Throws nothing: for a repair.</param>
    public static SegmentDirectory Check(IFileSystem fileSystem, string path, StreamCatalog catalog, bool allowsDamage)
    {
        SegmentDirectory directory = new(fileSystem, path);
        Dictionary<string, long> lengths = fileSystem.DirectoryExists(path)
            ? fileSystem.ListLengths(path).ToDictionary(file => file.Name, file => file.LengthBytes, StringComparer.Ordinal)
            : [];
        HashSet<string> named = [];
        foreach (StreamState stream in catalog.Streams)
        {
            foreach (SegmentInfo segment in stream.Segments.Items)
            {
                string name = NameOf(segment.Id);
                named.Add(name);
                if (allowsDamage)
                    continue;
                if (!lengths.TryGetValue(name, out long length))
                    throw Damaged(Path.Combine(path, name), stream, segment, "it is missing");
                if (length != segment.FileBytes)
                    throw Damaged(Path.Combine(path, name), stream, segment, $"it has {length} bytes, {segment.FileBytes} were written");
            }
        }

        foreach (string name in lengths.Keys)
        {
            if (!TryParse(name, out long id))
                continue;
            directory.HighestId = Math.Max(directory.HighestId, id);
            if (!named.Contains(name))
                directory._orphans.Add(name);
        }

        return directory;
    }

    /// <summary>
    /// Makes the directory where it is not, and deletes files of segments that no stream has: those that were being written when the node stopped,
    /// and those that nobody came to delete. Files with other names are not ours.
    /// </summary>
    /// <param name="keepsWhole">Files of whole segments stay, because entries that are to be archived yet may name them.</param>
    public void Sweep(bool keepsWhole)
    {
        if (!_fileSystem.DirectoryExists(_path))
        {
            _fileSystem.CreateDirectory(_path);
            _fileSystem.SyncDirectory(Path.GetDirectoryName(_path)!);
        }

        foreach (string name in _orphans)
        {
            if (keepsWhole && TryParse(name, out long id) && name == NameOf(id))
                _left.Add(id);
            else
                _fileSystem.Delete(Path.Combine(_path, name));
        }

        if (_orphans.Count > _left.Count)
            _fileSystem.SyncDirectory(_path);
    }

    private static bool TryParse(string name, out long id)
    {
        id = 0;
        ReadOnlySpan<char> rest = name.EndsWith(WholeFile.AsideSuffix, StringComparison.Ordinal) ? name.AsSpan(0, name.Length - WholeFile.AsideSuffix.Length) : name;
        return rest.Length == NameDigits + Suffix.Length && rest.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(rest[..NameDigits], NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private static StorageException Damaged(string file, StreamState stream, SegmentInfo segment, string found) => new(
        StorageErrorCode.Corruption,
        $"{file} holds rows {segment.FirstOffset} to {segment.EndOffset} of stream '{stream.Name}', but {found}. Nothing was changed; restore the file")
    {
        File = file,
    };
}
