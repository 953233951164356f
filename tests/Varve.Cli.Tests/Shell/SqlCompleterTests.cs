using Varve.Cli.Shell.Editing;
using Varve.Cli.Shell.Sql;

namespace Varve.Cli.Tests.Shell;

/// <summary>What is offered where; the bar is the cursor.</summary>
public sealed class SqlCompleterTests
{
    private static readonly StreamNames[] Streams =
    [
        new("flights", ["date", "delay", "distance", "order"]),
        new("plant/line.2", ["temperature", "Pressure"]),
    ];

    [Theory]
    [InlineData("select * from |", "flights,\"plant/line.2\"")]
    [InlineData("select * from fl|", "flights")]
    [InlineData("select * from pla|", "\"plant/line.2\"")]
    [InlineData("select * from \"pl|", "\"plant/line.2\"")]
    [InlineData("insert into F|", "flights")]
    [InlineData("select d| from flights", "date,delay,desc,describe,distance,distinct,date,date_diff(,date_trunc(,default,double,drop table")]
    [InlineData("select del| from flights", "delay")]
    [InlineData("select p| from \"plant/line.2\"", "Pressure,\"plant/line.2\",partition,pivot,positional,preceding")]
    [InlineData("select f.d| from flights f", "date,delay,distance")]
    [InlineData("select f.| from flights as f", "_offset,_time,date,delay,distance,\"order\"")]
    [InlineData("select flights.dis|", "distance")]
    [InlineData("select nothing.d|", "")]
    [InlineData("select ord| from flights", "\"order\",order")]
    [InlineData("SEL|", "SELECT")]
    [InlineData("sel|", "select")]
    [InlineData("select 'del|", "")]
    [InlineData("select 1 -- del|", "")]
    [InlineData("select * from flights; select temp|", "temperature")]
    [InlineData("select _o| from flights", "_offset")]
    public void Names_and_words_fit_their_place(string text, string expected)
    {
        int cursor = text.IndexOf('|', StringComparison.Ordinal);

        Completion completion = SqlCompleter.Complete(text.Remove(cursor, 1), cursor, Streams);

        Assert.Equal(
            expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal),
            completion.Candidates.Order(StringComparer.Ordinal));
    }
}
