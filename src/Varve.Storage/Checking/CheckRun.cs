using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;

namespace Varve.Storage.Checking;

/// <summary>
/// A check under way: verifies files one by one, and notes what is damaged instead of stopping at it. Changes nothing. One thread.
/// </summary>
/// <param name="fileSystem">Where the data directory is.</param>
/// <param name="directory">The data directory.</param>
/// <param name="found">Called for each damage as it is found.</param>
internal sealed class CheckRun(IFileSystem fileSystem, string directory, Action<Damage> found)
{
    private readonly List<Damage> _damage = [];
    private long _fileCount;
    private long _segmentCount;

    public long LogEntryCount { get; set; }

    public bool FoundNothing => _damage.Count == 0;

    public CheckReport Report(long byteCount) => new()
    {
        FileCount = _fileCount,
        ByteCount = byteCount,
        LogEntryCount = LogEntryCount,
        SegmentCount = _segmentCount,
        Damage = [.. _damage],
    };

    public string PathOf(params string[] names) => Path.Combine([directory, .. names]);

    /// <summary>The node's identity; null where the file is missing or damaged.</summary>
    public NodeFile? Node()
    {
        NodeFile? node = null;
        Verify(PathOf(NodeFile.FileName), () => node = NodeFile.Read(fileSystem, directory) ?? throw Missing(NodeFile.FileName));
        return node;
    }

    /// <summary>The file of the keyring by its checksums, without a root key.</summary>
    public void KeyringFileOnly() => Verify(PathOf(KeyringFile.FileName), () => KeyringFile.Parse(ReadKeyring(), PathOf(KeyringFile.FileName)));

    public void Checkpoint(Guid nodeId, Keyring keys)
    {
        string path = PathOf(CheckpointFile.FileName);
        if (fileSystem.FileExists(path))
            Verify(path, () => CheckpointFile.Read(fileSystem, directory, nodeId, keys));
    }

    /// <summary>The identity and the commit records of the log; null where the file cannot be used.</summary>
    /// <param name="logDirectory">Where it is.</param>
    /// <param name="attemptsMax">
    /// How often a commit record that seems damaged is looked at: more than once where somebody may be writing it meanwhile.
    /// </param>
    public (LogFileHeader Header, CommitSlot Newest)? Control(string logDirectory, int attemptsMax = 1)
    {
        (LogFileHeader Header, CommitSlot Newest)? control = null;
        string path = Path.Combine(logDirectory, ControlFile.FileName);
        Verify(path, () =>
        {
            using IFile file = fileSystem.OpenRead(path);
            int damagedCount = 1;
            for (int attempt = 0; damagedCount > 0 && attempt < attemptsMax; attempt++)
            {
                (LogFileHeader header, CommitSlot newest, damagedCount) = ControlFile.Read(file);
                control = (header, newest);
            }

            if (damagedCount > 0)
                Note(new Damage(path, $"{path} is damaged: one of its two commit records is not whole; the other one holds"));
        });
        return control;
    }

    /// <summary>A segment of the catalog: its file, and every page of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="info">What the catalog says of it.</param>
    /// <param name="stream">Whose rows it has.</param>
    /// <param name="findKey">Gives the key of a stream and version, or null.</param>
    /// <param name="isGone">Whether the catalog has no such segment any more, so that it does not matter what is wrong with it.</param>
    public void Segment(string path, SegmentInfo info, string stream, Func<long, int, StreamKey?> findKey, Func<bool>? isGone = null)
    {
        _segmentCount++;
        Damage whole = new(path, "") { Stream = stream, FirstOffset = info.FirstOffset, EndOffset = info.EndOffset };
        Verify(whole, () =>
        {
            SegmentInspection inspection = SegmentInspection.Read(fileSystem, path, findKey);
            if (inspection.FileBytes != info.FileBytes || inspection.SegmentId != info.Id || inspection.StreamId != info.StreamId)
            {
                throw SegmentDamage.InFile(
                    path,
                    $"it holds {inspection.FileBytes} bytes of segment {inspection.SegmentId} of stream {inspection.StreamId}; expected "
                    + $"{info.FileBytes} bytes of segment {info.Id} of stream {info.StreamId}");
            }

            if (inspection.Locked is { } locked)
                throw SegmentDamage.InFile(path, locked);
            foreach (PageDamage page in inspection.Damage)
                Note(Place(whole, info, page, inspection.IsClustered));
        }, isGone);
    }

    /// <summary>Does one step of the check; what it throws is damage of the file that it names, or else of the given one.</summary>
    public void Verify(string path, Action step) => Verify(new Damage(path, ""), step);

    public void Note(Damage damage)
    {
        _damage.Add(damage);
        found(damage);
    }

    public byte[] ReadKeyring() =>
        WholeFile.Read(fileSystem, PathOf(KeyringFile.FileName), KeyringFile.BytesMax) ?? throw Missing(KeyringFile.FileName);

    private StorageException Missing(string name) => new(StorageErrorCode.Corruption, $"{PathOf(name)} is missing");

    private void Verify(Damage place, Action step, Func<bool>? isGone = null)
    {
        _fileCount++;
        try
        {
            step();
        }
        catch (Exception e) when (e is StorageException or IOException && isGone?.Invoke() == true)
        {
            _fileCount--;
        }
        catch (StorageException e) when (e.Code is StorageErrorCode.Corruption or StorageErrorCode.DiskError or StorageErrorCode.NodeStopped)
        {
            Note(place with { File = e.File ?? place.File, Message = e.Message });
        }
        catch (IOException e)
        {
            Note(place with { Message = e.Message });
        }
    }

    /// <summary>Rows of a block follow one another, unless the segment is ordered by its columns.</summary>
    private static Damage Place(Damage whole, SegmentInfo info, PageDamage page, bool isClustered)
    {
        Damage damage = whole with { Column = page.Column, Page = page.Page, Message = page.Message };
        if (page.Block is not { } block || isClustered)
            return damage;
        long first = info.FirstOffset + info.BlockRows.Take(block).Sum(rows => (long)rows);
        return damage with { FirstOffset = first, EndOffset = first + info.BlockRows[block] };
    }
}
