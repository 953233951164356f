using Varve.Storage.Log;

namespace Varve.Storage.Tests.Log;

/// <summary>
/// The bytes of docs/formats/log.md. When one of these fails, logs that exist can no longer be read: either take the change back, or make it a new
/// version of the format, keep reading the old one, and add its bytes here.
/// </summary>
public sealed class LogFormatTests
{
    private const uint Salt = 0x11223344;

    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void The_header_of_an_entry_has_its_bytes()
    {
        var header = new EntryHeader(
            new LogPosition(0x0102030405060708), Term: 9, PayloadBytes: 10, PayloadChecksum: 0xAABBCCDD, Incarnation: 11, InDoubt: 3);
        var bytes = new byte[EntryHeader.Bytes];
        header.Write(bytes, Salt);
        Assert.Equal(
            "564C45310823685E080706050403020109000000000000000A000000DDCCBBAA"
            + "0B00000003000000",
            Convert.ToHexString(bytes));
        Assert.True(EntryHeader.TryRead(bytes, Salt, out EntryHeader read));
        Assert.Equal(header, read);
        Assert.False(EntryHeader.TryRead(bytes, Salt + 1, out _));
    }

    [Fact]
    public void A_commit_record_has_its_bytes()
    {
        var slot = new CommitSlot(7, 64, new LogPosition(1), new LogPosition(1000), LastFile: 2, Term: 5, Incarnation: 6, Closed: true);
        var bytes = new byte[CommitSlot.Bytes];
        slot.Write(bytes, Salt);
        Assert.Equal(
            "564C5331C16295B9070000000000000040000000000000000100000000000000"
            + "E803000000000000020000000000000005000000000000000600000001000000",
            Convert.ToHexString(bytes.AsSpan(0, 64)));
        Assert.All(bytes[64..], value => Assert.Equal(0, value));
        Assert.Equal(slot, CommitSlot.TryRead(bytes, Salt));
        Assert.Null(CommitSlot.TryRead(bytes, Salt + 1));
    }

    [Fact]
    public void The_header_of_a_file_has_its_bytes()
    {
        var header = new LogFileHeader(LogFileKind.Entries, Id, Number: 3, SegmentBytes: 256 << 20, PageBytes: 4 << 20);
        byte[] block = header.ToBlock();
        Assert.Equal(LogFileHeader.BlockBytes, block.Length);
        Assert.Equal(
            "56415256454C4F47010001000200000000112233445566778899AABBCCDDEEFF"
            + "030000000000000000000010000000000000400028FEBDAF",
            Convert.ToHexString(block.AsSpan(0, 56)));
        Assert.All(block[56..], value => Assert.Equal(0, value));
        Assert.Equal(header, LogFileHeader.Parse(block, "a file"));
    }

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Checksums_are_CRC_32C(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_checksum_is_the_same_in_one_piece_and_in_many()
    {
        byte[] bytes = LogTesting.Payload(1, 20_000);
        foreach (int length in new[] { 3071, 3072, 3073, 6144, 9999, 20_000 })
        {
            uint pieces = 0;
            for (int at = 0; at < length; at += 100)
                pieces = Crc32C.Compute(bytes.AsSpan(at, Math.Min(100, length - at)), pieces);
            Assert.Equal(pieces, Crc32C.Compute(bytes.AsSpan(0, length)));
        }
    }
}
