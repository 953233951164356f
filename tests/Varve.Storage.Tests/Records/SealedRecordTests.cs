using System.Security.Cryptography;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Values;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Keys;

namespace Varve.Storage.Tests.Records;

public class SealedRecordTests : IAsyncLifetime
{
    private const long StreamId = 1;

    private static readonly StreamSchema Stream = new(new Schema([.. Enumerable.Range(0, 4).Select(i => new Field("c" + i, ArrowTypes.Int64))]), 1);

    private readonly FaultyFileSystem _disk = new();
    private Keyring _keys = null!;

    public async Task InitializeAsync() => _keys = await KeyringHost.OpenAsync(_disk);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3 })]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new int[0])]
    [InlineData(new[] { 0, 2, 3 })]
    public void Sealed_appends_are_read_as_they_were_written(int[] indexes)
    {
        ColumnProjection columns = Stream.Project(indexes);
        RecordBatch rows = Numbers(columns, 300);
        foreach ((int part, int partCount) in new[] { (0, 1), (1, 3) })
        {
            AppendRecord read = Assert.IsType<AppendRecord>(Read(Encode(columns, rows, part, partCount)));
            Assert.Equal((StreamId, 42L, 1000L, part, partCount), (read.StreamId, read.TimeMicros, read.FirstOffset, read.Part, read.PartCount));
            Assert.Equal(indexes, read.Columns.Indexes);
            Assert.True(ArrayEquality.Equals(rows, read.Rows));
        }
    }

    [Fact]
    public void Rows_of_parts_stay_while_others_are_read()
    {
        RecordReader reader = new(_ => Stream, _keys);
        byte[][] records = [.. Enumerable.Range(0, 3).Select(i => Encode(Stream.All, Numbers(Stream.All, 10 + i), i, 3))];
        AppendRecord[] read = [.. records.Select(r => (AppendRecord)reader.ReadRecord(new LogPosition(9), r))];
        Assert.All(read, (r, i) => Assert.True(ArrayEquality.Equals(Numbers(Stream.All, 10 + i), r.Rows)));
    }

    [Fact]
    public void A_sealed_append_has_these_bytes()
    {
        byte[] record = Encode(Stream.Project([1, 3]), Numbers(Stream.Project([1, 3]), 3), 1, 3);
        const string expected =
            "04" + "01" + "0300" + "0100000000000000" + "2A00000000000000" // append, columns listed and sealed, stream 1, time 42
            + "E803000000000000" + "0100" + "0300" + "03000000" + "0200" + "0000"; // offset 1000, part 1 of 3, 3 rows, 2 columns
        string found = Convert.ToHexString(record.AsSpan(4, 40));
        Assert.True(expected == found, $"the format of append records changed: no log written before can be read. Found {found}");
        Assert.Equal("01000000", Convert.ToHexString(record.AsSpan(48, 4)));
        Assert.Equal("0100000000000000" + "0100030000000000", Convert.ToHexString(record.AsSpan(64, 16)));

        // HKDF by hand, then GCM with what the format says: the rows are those of the record that is not sealed.
        byte[] info = [.. "varve/log-records/1:"u8, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        byte[] extracted = HMACSHA256.HashData(record.AsSpan(52, 12).ToArray(), _keys.CurrentKey(StreamId).Secret.ToArray());
        using AesGcm aes = new(HMACSHA256.HashData(extracted, (byte[])[.. info, 1]), 16);
        byte[] rows = new byte[record.Length - 96];
        aes.Decrypt(record.AsSpan(60, 12), record.AsSpan(96), record.AsSpan(80, 16), rows, record.AsSpan(36, 44));
        EncodedAppend plain = AppendEncoder.Encode(
            StreamId, Stream.Project([1, 3]), Numbers(Stream.Project([1, 3]), 3), BodyCompression.None, sealer: null);
        Assert.Equal(plain.Bytes[56..].ToArray(), rows);
        plain.Release();
    }

    [Fact]
    public void Any_flipped_bit_that_is_not_stamped_later_is_detected()
    {
        byte[] record = Encode(Stream.Project([1, 3]), Numbers(Stream.Project([1, 3]), 3), 0, 1);
        for (int bit = 8 * RecordFormat.RowCountAt; bit < 8 * record.Length; bit++)
        {
            byte[] flipped = [.. record];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(StorageErrorCode.Corruption, Assert.Throws<StorageException>(() => Read(flipped)).Code);
        }

        Read(record);
    }

    [Fact]
    public void Rows_of_one_stream_do_not_pass_for_those_of_another()
    {
        byte[] record = Encode(Stream.All, Numbers(Stream.All, 3), 0, 1);
        record[RecordFormat.StreamIdAt] = 2;
        StorageException e = Assert.Throws<StorageException>(() => Read(record));
        Assert.Contains("its seal does not match", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_and_alter_are_sealed_and_read_as_they_were_written()
    {
        CreateStreamRecord create = new(1, 2, "name/x", Rows.Schema) { Settings = new StoredSettings([0], 1, 2, 3) };
        byte[] bytes = RecordWriter.Write(create, _keys);
        Assert.Equal(RecordWriter.Write(create).Length + SealedBody.OverheadBytes, bytes.Length);
        CreateStreamRecord read = Assert.IsType<CreateStreamRecord>(Read(bytes));
        Assert.Equal((create.Name, create.StreamId, create.TimeMicros), (read.Name, read.StreamId, read.TimeMicros));
        Assert.Equal(create.Schema.Fields, read.Schema.Fields);
        Assert.Equal(create.Settings.RetainBytes, read.Settings.RetainBytes);

        AddColumnsRecord add = new(3, 4, 5, [new Field("x", ArrowTypes.Date32)]);
        byte[] added = RecordWriter.Write(add, _keys);
        Assert.Equal(add.Fields, Assert.IsType<AddColumnsRecord>(Read(added)).Fields);
        foreach (byte[] record in new[] { bytes, added })
        {
            Assert.Equal(record.Length, BitConverter.ToInt32(record));
            Assert.Equal(0, record.Length % 8);
            for (int bit = 8 * 6; bit < 8 * record.Length; bit++)
            {
                byte[] flipped = [.. record];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                StorageException e = Assert.Throws<StorageException>(() => Read(flipped));
                Assert.True(e.Code == StorageErrorCode.Corruption || bit / 8 == 5, $"bit {bit}: {e.Message}");
            }
        }
    }

    [Fact]
    public void Names_of_streams_and_columns_do_not_stand_in_records()
    {
        Schema schema = new([new Field("Rhinoceros", ArrowTypes.Int64)]);
        byte[] bytes = RecordWriter.Write(new CreateStreamRecord(1, 2, "Hippopotamus", schema), _keys);
        Assert.Equal(-1, bytes.AsSpan().IndexOf("Hippopotamus"u8));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("Rhinoceros"u8));
    }

    [Fact]
    public void What_is_not_sealed_has_no_place_in_an_encrypted_directory_nor_the_other_way_round()
    {
        EncodedAppend plain = AppendEncoder.Encode(StreamId, Stream.All, Numbers(Stream.All, 3), BodyCompression.None, sealer: null);
        plain.Stamp(42, 1000, 0, 1, isGrouped: false);
        byte[] create = RecordWriter.Write(new CreateStreamRecord(1, 2, "s", Rows.Schema));
        foreach (byte[] record in new[] { plain.Bytes.ToArray(), create })
            Assert.Contains("is not sealed", Assert.Throws<StorageException>(() => Read(record)).Message, StringComparison.Ordinal);

        create = RecordWriter.Write(new CreateStreamRecord(1, 2, "s", Rows.Schema), _keys);
        RecordReader reader = new(_ => Stream, Keyring.Off());
        foreach (byte[] record in new[] { Encode(Stream.All, Numbers(Stream.All, 3), 0, 1), create })
        {
            StorageException e = Assert.Throws<StorageException>(() => reader.ReadRecord(new LogPosition(9), record));
            Assert.Contains("there are no keys", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rows_of_an_erased_stream_keep_their_number_only()
    {
        byte[] record = Encode(Stream.All, Numbers(Stream.All, 7), 0, 1);
        await _keys.EraseAsync(StreamId);
        AppendRecord read = Assert.IsType<AppendRecord>(Read(record));
        Assert.Equal((1000L, 7), (read.FirstOffset, read.Rows.RowCount));
        Assert.Empty(read.Rows.Columns);
    }

    [Fact]
    public async Task A_key_that_the_keyring_never_had_means_an_old_keyring()
    {
        byte[] before = _disk.Content(KeyringHost.Path);
        await _keys.RotateAsync(StreamId);
        byte[] record = Encode(Stream.All, Numbers(Stream.All, 7), 0, 1);
        Assert.IsType<AppendRecord>(Read(record));
        _disk.Overwrite(KeyringHost.Path, before);
        _keys = await KeyringHost.OpenAsync(_disk, holdsData: true);
        StorageException e = Assert.Throws<StorageException>(() => Read(record));
        Assert.Contains("version 2 of the stream's key, which the keyring does not have", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_on_its_way_takes_the_key_that_came_meanwhile()
    {
        EncodedAppend encoded = AppendEncoder.Encode(StreamId, Stream.All, Numbers(Stream.All, 7), BodyCompression.None, _keys.SealerOf(StreamId));
        await _keys.RotateAsync(StreamId);
        encoded.SealWith(_keys.SealerOf(StreamId));
        encoded.Stamp(42, 1000, 0, 1, isGrouped: false);
        Assert.Equal(2, BitConverter.ToInt32(encoded.Bytes[RecordFormat.KeyVersionAt..]));
        Assert.True(ArrayEquality.Equals(Numbers(Stream.All, 7), Assert.IsType<AppendRecord>(Read(encoded.Bytes.ToArray())).Rows));
        encoded.Release();
    }

    [Fact]
    public async Task Nonces_of_many_threads_and_instances_never_meet()
    {
        List<string> nonces = [];
        foreach (RecordSealer sealer in new[] { new RecordSealer(_keys.CurrentKey(1)), new RecordSealer(_keys.CurrentKey(1)) })
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (int i = 0; i < 500; i++)
                {
                    EncodedAppend encoded = AppendEncoder.Encode(StreamId, Stream.All, Numbers(Stream.All, 2), BodyCompression.None, sealer);
                    string nonce = Convert.ToHexString(encoded.Bytes[RecordFormat.KeyVersionAt..RecordFormat.SealedAppendHeaderBytes]);
                    lock (nonces)
                        nonces.Add(nonce);
                    encoded.Stamp(42, 1000, 0, 1, isGrouped: false);
                    Read(encoded.Bytes.ToArray());
                    encoded.Release();
                }
            })));
        }

        Assert.Equal(4_000, nonces.Distinct().Count());
    }

    private static RecordBatch Numbers(ColumnProjection columns, int rowCount) => columns.Indexes.Length == 0
        ? new RecordBatch(columns.Schema, rowCount, [])
        : Rows.Batch(
            columns.Schema, [.. Enumerable.Range(0, rowCount).Select(r => columns.Indexes.Select(c => (object?)(long)((r * 10) + c)).ToArray())]);

    private byte[] Encode(ColumnProjection columns, RecordBatch rows, int part, int partCount)
    {
        EncodedAppend encoded = AppendEncoder.Encode(StreamId, columns, rows, BodyCompression.None, _keys.SealerOf(StreamId));
        encoded.Stamp(42, 1000, part, partCount, isGrouped: false);
        byte[] bytes = encoded.Bytes.ToArray();
        encoded.Release();
        return bytes;
    }

    private LogRecord Read(byte[] record) => new RecordReader(_ => Stream, _keys).ReadRecord(new LogPosition(9), record);
}
