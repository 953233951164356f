using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments;

/// <summary>
/// All that can be told of one segment file by itself: what it is, what its columns take and how they are encoded, and, page by page, whether it can
/// still be read. Without its key only what the plain header says. Immutable.
/// </summary>
public sealed record SegmentInspection
{
    public required string Path { get; init; }

    public required long FileBytes { get; init; }

    /// <summary>Of the format.</summary>
    public required int Version { get; init; }

    public required Guid NodeId { get; init; }

    public required long SegmentId { get; init; }

    public required long StreamId { get; init; }

    /// <summary>The version of the stream's key that seals it; 0: it is not encrypted.</summary>
    public required int KeyVersion { get; init; }

    /// <summary>Null where the file was opened; else why there is no key for it.</summary>
    public string? Locked { get; init; }

    public long FirstOffset { get; init; }

    public long RowCount { get; init; }

    /// <summary>Rows of each block.</summary>
    public IReadOnlyList<int> BlockRows { get; init; } = [];

    /// <summary>Whether rows stand in another order than that of their offsets.</summary>
    public bool IsClustered { get; init; }

    /// <summary>The footer with its seal.</summary>
    public long FooterBytes { get; init; }

    /// <summary>Pages of the file that were verified, the footer included.</summary>
    public int PageCount { get; init; }

    /// <summary>Those of the stream, then <c>_time</c>, then <c>_offset</c> where the file has it.</summary>
    public IReadOnlyList<ColumnSummary> Columns { get; init; } = [];

    /// <summary>Empty for a file that is as it was written.</summary>
    public IReadOnlyList<PageDamage> Damage { get; init; } = [];

    /// <summary>
    /// Looks at a segment file with the keys in the keyring of its data directory. Takes no lock and changes nothing: the directory may be in use.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="directory">The data directory; null: the one in whose folder of segments the file stands.</param>
    /// <param name="rootKey">Opens the keyring; null: the file <c>root.key</c> in the data directory.</param>
    /// <param name="cancellationToken">Ends the wait for a command that gives the root key.</param>
    /// <returns>With <see cref="Locked"/> where there is no keyring, or the root key does not open it.</returns>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where header or trailer are damaged, so that nothing can be told;
    /// <see cref="StorageErrorCode.Unsupported"/> for a later format.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static async Task<SegmentInspection> ReadAsync(
        string path, string? directory = null, RootKeySource? rootKey = null, CancellationToken cancellationToken = default)
    {
        SegmentInspection shown = Read(LinuxFileSystem.Instance, path, (_, _) => null);
        if (shown.Locked is null)
            return shown;
        try
        {
            directory ??= SegmentKeys.DirectoryOf(path);
            KeyringContent keys = await SegmentKeys.ReadAsync(LinuxFileSystem.Instance, directory, rootKey, cancellationToken).ConfigureAwait(false);
            return Read(LinuxFileSystem.Instance, path, (stream, version) => SegmentKeys.Find(keys, stream, version));
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.KeyMismatch)
        {
            return shown with { Locked = e.Message };
        }
    }

    /// <param name="fileSystem">Where the file is.</param>
    /// <param name="path">The file.</param>
    /// <param name="findKey">Gives the key of a stream and version, or null.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where header or trailer are damaged, so that nothing can be told;
    /// <see cref="StorageErrorCode.Unsupported"/> for a later format.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    internal static SegmentInspection Read(IFileSystem fileSystem, string path, Func<long, int, StreamKey?> findKey)
    {
        using IFile file = fileSystem.OpenRead(path);
        return Read(file, findKey);
    }

    /// <inheritdoc cref="Read(IFileSystem, string, Func{long, int, StreamKey?})"/>
    internal static SegmentInspection Read(IFile file, Func<long, int, StreamKey?> findKey)
    {
        SegmentHeader header = SegmentReader.ReadHeader(file);
        SegmentInspection shown = new()
        {
            Path = file.Path,
            FileBytes = file.Length,
            Version = header.Version,
            NodeId = header.Identity.NodeId,
            SegmentId = header.Identity.SegmentId,
            StreamId = header.Identity.StreamId,
            KeyVersion = header.KeyVersion,
        };
        StreamKey? key = header.KeyVersion == 0 ? StreamKey.None : findKey(header.Identity.StreamId, header.KeyVersion);
        string locked = $"there is no key for version {header.KeyVersion} of stream {header.Identity.StreamId}, which is gone for ever where the stream "
            + "was dropped: only the header can be shown";
        return key is null
            ? shown with { Locked = locked }
            : new SegmentCheck(SegmentReader.Open(file, _ => key, meter: null)).Complete(shown);
    }
}
