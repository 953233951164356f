using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Tests.Segments.Encoding;

public class VectorHeaderTests
{
    [Theory]
    [InlineData(0, 0, 0, "8504" + "00" + "00")]
    [InlineData(0, 127, 127, "8504" + "7F" + "7F")]
    [InlineData(1, 128, 128, "8514" + "01" + "8001" + "8001")]
    [InlineData(255, 1000, 4095, "8514" + "FF" + "E807" + "FF1F")]
    [InlineData(256, 65536, 1, "8524" + "0001" + "808004" + "01")]
    [InlineData(65535, int.MaxValue, 4095, "8524" + "FFFF" + "FFFFFFFF07" + "FF1F")]
    [InlineData(7, 1000, 4096, "0504" + "0700" + "E8030000" + "00100000")]
    public void A_header_has_these_bytes(int parameter, int count, int bodyBytes, string expected)
    {
        var header = VectorHeader.Of(VectorEncoding.Delta, 4, parameter, count, bodyBytes);
        byte[] bytes = new byte[header.VectorBytes];
        header.Write(bytes);
        Assert.Equal(expected, Convert.ToHexString(bytes, 0, header.Bytes));
        Assert.Equal(header, VectorHeader.Read(bytes));
        Assert.Equal(header.VectorBytes, VectorHeader.VectorBytesOf(parameter, count, bodyBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("85")]
    [InlineData("8504")]
    [InlineData("850480")]
    [InlineData("85048000" + "00")]
    [InlineData("8504" + "FFFFFFFF0F" + "00")]
    [InlineData("8504" + "FFFFFFFF1F" + "00")]
    [InlineData("8504" + "8080808080" + "01" + "00")]
    [InlineData("8504" + "01" + "02" + "00")]
    [InlineData("8514" + "00" + "01" + "00")]
    [InlineData("8534" + "000001" + "01" + "00")]
    [InlineData("85F4" + "0000000000000000000000000000000000" + "01" + "00")]
    [InlineData("0504" + "0000" + "FFFFFFFF" + "00000000")]
    [InlineData("0504" + "0000" + "01000000" + "01000000")]
    public void What_no_header_is_written_as_is_refused(string bytes) =>
        Assert.Throws<VectorFormatException>(() => VectorHeader.Read(Convert.FromHexString(bytes)));

    [Fact]
    public void A_long_header_of_few_bytes_is_read_too()
    {
        var header = VectorHeader.Read(Convert.FromHexString("0504" + "0700" + "03000000" + "02000000" + "0102"));
        Assert.Equal(new VectorHeader(VectorEncoding.Delta, 4, 7, 3, 2, IsShort: false), header);
        Assert.Equal(14, header.VectorBytes);
    }
}
