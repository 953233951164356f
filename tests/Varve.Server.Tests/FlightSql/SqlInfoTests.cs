using Varve.Arrow;
using Varve.Server.FlightSql.Metadata;

namespace Varve.Server.Tests.FlightSql;

public class SqlInfoTests
{
    private static readonly SqlInfoValues Values = new("1.2.3", TimeSpan.FromSeconds(90));

    /// <summary>The members of the union, as the protocol's text assigns them to the codes.</summary>
    private static readonly (SqlInfoCode[] Codes, Type Member)[] Members =
    [
        (
            [
                SqlInfoCode.ServerName, SqlInfoCode.ServerVersion, SqlInfoCode.ServerArrowVersion, SqlInfoCode.IdentifierQuoteChar,
                SqlInfoCode.SearchStringEscape, SqlInfoCode.ExtraNameCharacters, SqlInfoCode.SchemaTerm, SqlInfoCode.ProcedureTerm,
                SqlInfoCode.CatalogTerm,
            ],
            typeof(string)),
        (
            [
                SqlInfoCode.ServerTransaction, SqlInfoCode.ServerStatementTimeout, SqlInfoCode.ServerTransactionTimeout,
                SqlInfoCode.SupportedGroupBy, SqlInfoCode.SupportedGrammar, SqlInfoCode.Ansi92SupportedLevel,
                SqlInfoCode.OuterJoinsSupportLevel, SqlInfoCode.SchemasSupportedActions, SqlInfoCode.CatalogsSupportedActions,
                SqlInfoCode.SupportedPositionedCommands, SqlInfoCode.SupportedSubqueries, SqlInfoCode.SupportedUnions,
                SqlInfoCode.SupportedTransactionsIsolationLevels, SqlInfoCode.SupportedResultSetTypes,
                SqlInfoCode.SupportedConcurrenciesForResultSetForwardOnly,
            ],
            typeof(int)),
        (
            [
                SqlInfoCode.IdentifierCase, SqlInfoCode.QuotedIdentifierCase, SqlInfoCode.NullOrdering, SqlInfoCode.MaxBinaryLiteralLength,
                SqlInfoCode.MaxRowSize, SqlInfoCode.MaxStatementLength, SqlInfoCode.MaxUsernameLength,
                SqlInfoCode.DefaultTransactionIsolation,
            ],
            typeof(long)),
        (
            [
                SqlInfoCode.Keywords, SqlInfoCode.NumericFunctions, SqlInfoCode.StringFunctions, SqlInfoCode.SystemFunctions,
                SqlInfoCode.DateTimeFunctions,
            ],
            typeof(string[])),
        ([SqlInfoCode.SupportsConvert], typeof(Dictionary<object, object>)),
        (
            [
                SqlInfoCode.ServerReadOnly, SqlInfoCode.ServerSql, SqlInfoCode.ServerSubstrait, SqlInfoCode.ServerCancel,
                SqlInfoCode.DdlTable, SqlInfoCode.MaxRowSizeIncludesBlobs, SqlInfoCode.TransactionsSupported,
                SqlInfoCode.StoredFunctionsUsingCallSyntaxSupported,
            ],
            typeof(bool)),
    ];

    [Fact]
    public void Every_code_of_the_protocol_has_an_answer() =>
        Assert.Equal(Enum.GetValues<SqlInfoCode>().Select(code => (uint)code), Values.Select([]).Select(info => info.Key));

    [Fact]
    public void A_code_is_answered_in_the_member_that_the_protocol_says() =>
        Assert.All(Members, group => Assert.All(group.Codes, code => Assert.IsType(group.Member, Values.Select([(uint)code]).Single().Value)));

    [Fact]
    public void Unknown_codes_are_left_out_and_known_ones_come_in_the_order_asked() =>
        Assert.Equal([8u, 0u], Values.Select([8, 4711, 0, 8]).Select(info => info.Key));

    [Fact]
    public void The_batch_puts_each_value_into_its_member()
    {
        RecordBatch batch = SqlInfoBatch.Build(Values.Select([0, 3, 503, 8, 508, 517]));

        ArrayData union = batch.Columns[1];
        Assert.Equal([0, 1, 2, 3, 4, 5], union.Buffers[0].ToArray());
        Assert.All(union.Children, child => Assert.Equal(1, child.Length));
        Assert.Equal("Varve"u8.ToArray(), union.Children[0].Buffers[2].ToArray());
        Assert.Equal(SqlVocabulary.Keywords.Length, union.Children[4].Children[0].Length);
    }
}
