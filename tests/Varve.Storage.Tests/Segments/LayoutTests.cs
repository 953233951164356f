using Varve.Storage.Segments;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Tests.Segments;

/// <summary>
/// Bytes of version 1. A failure here means that the format has changed: files that are out there could no longer be read. Make a new version with
/// its own reader instead, and keep these as they are.
/// </summary>
public class LayoutTests
{
    private const string HeaderHex =
        "5641525645534547" + "0100" + "0100" + "01000000" + "00112233445566778899AABBCCDDEEFF" + "0700000000000000" + "2A00000000000000" + "03000000"
        + "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F" + "0000000000000000" + "1F754A8A";

    private static readonly SegmentIdentity Identity = new(7, 42, SegmentTesting.NodeId);

    private static readonly byte[] Salt = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void The_header_is_laid_out_as_documented()
    {
        byte[] bytes = new byte[SegmentHeader.Bytes];
        new SegmentHeader(Identity, 3, Salt).Write(bytes);
        Assert.Equal(HeaderHex, Convert.ToHexString(bytes));
        SegmentHeader read = SegmentHeader.Parse(bytes, "file");
        Assert.Equal((Identity, 3, 1), (read.Identity, read.KeyVersion, read.Version));
        Assert.Equal(Salt, read.Salt.ToArray());
    }

    [Fact]
    public void The_trailer_is_laid_out_as_documented()
    {
        byte[] header = Convert.FromHexString(HeaderHex);
        byte[] bytes = new byte[SegmentTrailer.Bytes];
        SegmentTrailer trailer = new(0x1122334455, 0x66, 0x77);
        trailer.Write(header, bytes);
        Assert.Equal("5544332211000000" + "66000000" + "77000000" + "FD3773A7" + "00000000" + "5641525645454E44", Convert.ToHexString(bytes));
        Assert.Equal(trailer, SegmentTrailer.Parse(bytes, header, 0x1122334455 + 0x66 + 16 + 32, "file"));
    }

    [Fact]
    public void A_page_is_bound_to_its_place_as_documented()
    {
        byte[] bytes = new byte[PageLabel.Bytes];
        new PageLabel(PageKind.Bloom, 5, 0x1122334455, 6, 8, 9).Write(Identity, 3, bytes);
        Assert.Equal(
            "00112233445566778899AABBCCDDEEFF" + "0700000000000000" + "2A00000000000000" + "03000000" + "03000000" + "5544332211000000" + "06000000"
            + "05000000" + "08000000" + "09000000",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_file_for_later_readers_is_not_taken_for_damage()
    {
        byte[] bytes = Convert.FromHexString(HeaderHex);
        bytes[10] = 2;
        BitConverter.GetBytes(Storage.Log.Crc32C.Compute(bytes.AsSpan(0, 92))).CopyTo(bytes, 92);
        StorageException e = Assert.Throws<StorageException>(() => SegmentHeader.Parse(bytes, "file"));
        Assert.Equal(StorageErrorCode.Unsupported, e.Code);
        Assert.Contains("format 2 or newer", e.Message, StringComparison.Ordinal);
    }
}
