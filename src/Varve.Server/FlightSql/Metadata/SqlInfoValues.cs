namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// What Varve answers to each code of GetSqlInfo. Every code has an answer: JDBC asks for all of them once, and a tool that finds one missing, or in
/// another member of the union than the protocol says, fails with a null or a cast. The kind of a value here decides its member: string, bool, long
/// (bigint), int (int32 bitmask), string[] (list), a dictionary (map). Bit n of a bitmask is value n of the protocol's enumeration. Immutable.
/// </summary>
internal sealed class SqlInfoValues
{
    private const long CaseInsensitive = 1;
    private const long NullsAtEnd = 3;
    private const long NoLimit = 0;
    private const int None = 0;

    private readonly SortedDictionary<uint, object> _values;

    public SqlInfoValues(string version, TimeSpan statementTimeout) => _values = Build(version, statementTimeout);

    /// <summary>The codes asked for that have an answer, in the order asked; all, by number, where none are asked for.</summary>
    public IReadOnlyList<KeyValuePair<uint, object>> Select(IReadOnlyCollection<uint> codes) => codes.Count == 0
        ? [.. _values]
        : [.. codes.Distinct().Where(_values.ContainsKey).Select(code => KeyValuePair.Create(code, _values[code]))];

    private static SortedDictionary<uint, object> Build(string version, TimeSpan statementTimeout)
    {
        var values = new SortedDictionary<uint, object>();
        foreach ((SqlInfoCode code, object value) in Server(version, statementTimeout).Concat(Syntax()).Concat(Capabilities()).Concat(Limits()))
            values.Add((uint)code, value);
        return values;
    }

    private static IEnumerable<(SqlInfoCode Code, object Value)> Server(string version, TimeSpan statementTimeout) =>
    [
        (SqlInfoCode.ServerName, "Varve"),
        (SqlInfoCode.ServerVersion, version),
        (SqlInfoCode.ServerArrowVersion, "1.5"),
        (SqlInfoCode.ServerReadOnly, false),
        (SqlInfoCode.ServerSql, true),
        (SqlInfoCode.ServerSubstrait, false),
        (SqlInfoCode.ServerTransaction, None),
        (SqlInfoCode.ServerCancel, true),
        (SqlInfoCode.ServerBulkIngestion, true),
        (SqlInfoCode.ServerIngestTransactionsSupported, false),
        (SqlInfoCode.ServerStatementTimeout, (int)Math.Min(Math.Max(statementTimeout.TotalMilliseconds, 0), int.MaxValue)),
        (SqlInfoCode.ServerTransactionTimeout, 0),
    ];

    private static IEnumerable<(SqlInfoCode Code, object Value)> Syntax() =>
    [
        (SqlInfoCode.DdlCatalog, false),
        (SqlInfoCode.DdlSchema, false),
        (SqlInfoCode.DdlTable, true),
        (SqlInfoCode.IdentifierCase, CaseInsensitive),
        (SqlInfoCode.IdentifierQuoteChar, "\""),
        (SqlInfoCode.QuotedIdentifierCase, CaseInsensitive),
        (SqlInfoCode.AllTablesAreSelectable, true),
        (SqlInfoCode.NullOrdering, NullsAtEnd),
        (SqlInfoCode.Keywords, SqlVocabulary.Keywords),
        (SqlInfoCode.NumericFunctions, SqlVocabulary.NumericFunctions),
        (SqlInfoCode.StringFunctions, SqlVocabulary.StringFunctions),
        (SqlInfoCode.SystemFunctions, SqlVocabulary.SystemFunctions),
        (SqlInfoCode.DateTimeFunctions, SqlVocabulary.DateTimeFunctions),
        (SqlInfoCode.SearchStringEscape, LikePattern.Escape.ToString()),
        (SqlInfoCode.ExtraNameCharacters, ""),
        (SqlInfoCode.SchemaTerm, "schema"),
        (SqlInfoCode.ProcedureTerm, "procedure"),
        (SqlInfoCode.CatalogTerm, "catalog"),
        (SqlInfoCode.CatalogAtStart, true),
    ];

    private static IEnumerable<(SqlInfoCode Code, object Value)> Capabilities() =>
    [
        (SqlInfoCode.SupportsColumnAliasing, true),
        (SqlInfoCode.NullPlusNullIsNull, true),
        (SqlInfoCode.SupportsConvert, new Dictionary<object, object?>()), // none are told
        (SqlInfoCode.SupportsTableCorrelationNames, true),
        (SqlInfoCode.SupportsDifferentTableCorrelationNames, false),
        (SqlInfoCode.SupportsExpressionsInOrderBy, true),
        (SqlInfoCode.SupportsOrderByUnrelated, true),
        (SqlInfoCode.SupportedGroupBy, Bits(0, 1)),                     // unrelated, beyond select
        (SqlInfoCode.SupportsLikeEscapeClause, true),
        (SqlInfoCode.SupportsNonNullableColumns, true),
        (SqlInfoCode.SupportedGrammar, Bits(0, 1, 2)),                  // minimum, core, extended
        (SqlInfoCode.Ansi92SupportedLevel, Bits(0)),                    // entry
        (SqlInfoCode.SupportsIntegrityEnhancementFacility, false),
        (SqlInfoCode.OuterJoinsSupportLevel, Bits(1, 2)),               // limited, full
        (SqlInfoCode.SchemasSupportedActions, None),
        (SqlInfoCode.CatalogsSupportedActions, None),
        (SqlInfoCode.SupportedPositionedCommands, None),
        (SqlInfoCode.SelectForUpdateSupported, false),
        (SqlInfoCode.StoredProceduresSupported, false),
        (SqlInfoCode.SupportedSubqueries, Bits(0, 1, 2, 3)),            // comparisons, exists, in, quantified
        (SqlInfoCode.CorrelatedSubqueriesSupported, true),
        (SqlInfoCode.SupportedUnions, Bits(0, 1)),                      // union, union all
        (SqlInfoCode.DefaultTransactionIsolation, 0L),                  // none
        (SqlInfoCode.TransactionsSupported, false),
        (SqlInfoCode.SupportedTransactionsIsolationLevels, Bits(0)),    // none
        (SqlInfoCode.DataDefinitionCausesTransactionCommit, false),
        (SqlInfoCode.DataDefinitionsInTransactionsIgnored, false),
        (SqlInfoCode.SupportedResultSetTypes, Bits(1)),                 // forward only
        (SqlInfoCode.SupportedConcurrenciesForResultSetUnspecified, None),
        (SqlInfoCode.SupportedConcurrenciesForResultSetForwardOnly, Bits(1)), // read only
        (SqlInfoCode.SupportedConcurrenciesForResultSetScrollSensitive, None),
        (SqlInfoCode.SupportedConcurrenciesForResultSetScrollInsensitive, None),
        (SqlInfoCode.BatchUpdatesSupported, true),
        (SqlInfoCode.SavepointsSupported, false),
        (SqlInfoCode.NamedParametersSupported, false),
        (SqlInfoCode.LocatorsUpdateCopy, false),
        (SqlInfoCode.StoredFunctionsUsingCallSyntaxSupported, false),
    ];

    private static IEnumerable<(SqlInfoCode Code, object Value)> Limits()
    {
        for (SqlInfoCode code = SqlInfoCode.MaxBinaryLiteralLength; code <= SqlInfoCode.MaxUsernameLength; code++)
            yield return (code, code == SqlInfoCode.MaxRowSizeIncludesBlobs ? (object)true : NoLimit);
    }

    private static int Bits(params ReadOnlySpan<int> values)
    {
        int bits = 0;
        foreach (int value in values)
            bits |= 1 << value;
        return bits;
    }
}
