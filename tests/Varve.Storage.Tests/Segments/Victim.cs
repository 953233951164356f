using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Format;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Segments;

/// <summary>A small file to be damaged, and a reader that looks at all of it. One thread.</summary>
internal sealed class Victim : IDisposable
{
    private const string FileName = "0000000001.seg";

    private readonly SegmentFolder _folder = new();
    private readonly StreamKey _key;
    private readonly RecordBatch[] _blocks;
    private readonly MemorySource _source;

    public Victim(bool encrypted, bool clustered)
    {
        _key = encrypted ? SegmentTesting.Key : StreamKey.None;
        _source = SmallRows.Source(clustered);
        _blocks = SmallRows.Blocks(_source);
        _folder.Write(_source, _key);
        Intact = File.ReadAllBytes(Path);
    }

    private static string Folder => System.IO.Path.Combine(FaultyFileSystem.Root, "segments");

    public byte[] Intact { get; }

    public string Path => _folder.LastPath;

    public SegmentInfo Info => _folder.LastInfo;

    /// <summary>Where <see cref="Read"/> finds the file: in memory.</summary>
    public static string PathRead => System.IO.Path.Combine(Folder, FileName);

    /// <summary>
    /// Puts the bytes into the file's place and reads every row and filter. Null where all is as it was written; else the first failure. Fails where
    /// a row is not what it was.
    /// </summary>
    public StorageException? Read(byte[] bytes, SegmentInfo? info = null)
    {
        FaultyFileSystem disk = FaultyFileSystem.FromImage(Folder, new Dictionary<string, byte[]> { [FileName] = bytes });
        SegmentFile file = SegmentTesting.Open(PathRead, info ?? Info, SmallRows.Schema, _key, fileSystem: disk);
        StorageException? first = null;
        for (int block = 0; block < _blocks.Length; block++)
        {
            int b = block;
            for (int field = 0; field < SmallRows.Schema.Fields.Count; field++)
            {
                int f = field;
                Try(() => file.Column(b, f, null), _blocks[b].Columns[f]);
            }

            Try(() => file.Times(b, null), _source.Times(b));
            if (Info.IsClustered)
                Try(() => file.Offsets(b, null), _source.Offsets(b)!);
            Catch(() => Assert.True(file.MayHold(b, 1, ZoneValue.OfBytes(ArrayReader.GetBytes(_blocks[b].Columns[1], 1)))));
            Catch(() => Assert.True(file.MayHold(b, 2, ZoneValue.Of(ArrayReader.GetInt64(_blocks[b].Columns[2], 1)))));
        }

        return first;

        void Try(Func<ArrayData> read, ArrayData expected) => Catch(() =>
        {
            ArrayData found = Arrow.Transform.DictionaryDecoder.Flatten(read());
            Assert.True(ArrayEquality.Equals(expected, found), "a damaged file gave a wrong row");
        });

        void Catch(Action look)
        {
            try
            {
                look();
            }
            catch (StorageException e)
            {
                first ??= e;
            }
        }
    }

    /// <summary>Where the pages are, their seals included; those with the same number of bytes can change places.</summary>
    public List<(long Place, int Bytes)> Pages()
    {
        using IFile file = LinuxFileSystem.Instance.OpenRead(Path);
        SegmentFooter footer = SegmentReader.Open(file, _ => _key, null).ReadFooter();
        return [.. Enumerable.Range(0, footer.StoredColumnCount)
            .SelectMany(c => footer.Column(c).Pages)
            .Select(p => (p.Place, (int)p.StoredBytes))];
    }

    /// <summary>Fails where the message does not say where the damage is; returns what it says.</summary>
    public static string CheckMessage(StorageException e, int at)
    {
        Assert.Contains(PathRead, e.Message, StringComparison.Ordinal);
        string place = e.Message[(e.Message.IndexOf(PathRead, StringComparison.Ordinal) + PathRead.Length + 2)..];
        bool isNamed = place.StartsWith("header:", StringComparison.Ordinal) || place.StartsWith("trailer:", StringComparison.Ordinal)
            || (place.StartsWith("page ", StringComparison.Ordinal)
                && (place.Contains("(footer)", StringComparison.Ordinal) || place.Contains("(column '", StringComparison.Ordinal)));
        Assert.True(isNamed, $"byte {at}: {e.Message}");
        return place;
    }

    public void Dispose() => _folder.Dispose();
}
