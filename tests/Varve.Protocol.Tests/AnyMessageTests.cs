using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Protocol.FlightSql;

namespace Varve.Protocol.Tests;

public class AnyMessageTests
{
    [Fact]
    public void A_packed_command_is_found_again_by_its_name()
    {
        ByteString bytes = AnyMessage.Pack(new CommandGetTables { IncludeSchema = true });

        Assert.True(AnyMessage.TryParse(bytes, out Any? any));
        Assert.Equal("arrow.flight.protocol.sql.CommandGetTables", AnyMessage.TypeName(any));
        Assert.True(any.Unpack<CommandGetTables>().IncludeSchema);
    }

    [Theory]
    [InlineData("")]
    [InlineData("select 1")]
    [InlineData("\nselect 1")]
    [InlineData("\u0012\u0001a")]
    [InlineData("{\"sql_query\":\"select 1\"}")]
    public void Text_is_no_any(string text) => Assert.False(AnyMessage.TryParse(ByteString.CopyFromUtf8(text), out _));

    [Fact]
    public void A_message_that_only_looks_like_an_any_is_none()
    {
        // A command without its wrapper, as some clients send it: its field 1 is a string too.
        ByteString bytes = new CommandStatementQuery { Query = "select 1" }.ToByteString();

        Assert.False(AnyMessage.TryParse(bytes, out _));
    }
}
