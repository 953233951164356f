namespace Varve.Query.Updates;

/// <summary>Goes through the tokens of one statement. For one reader.</summary>
internal sealed class SqlCursor
{
    private readonly string _sql;
    private readonly IReadOnlyList<SqlToken> _tokens;
    private int _at;

    public SqlCursor(string sql)
    {
        _sql = sql;
        _tokens = SqlLexer.Read(sql);
    }

    private SqlCursor(string sql, IReadOnlyList<SqlToken> tokens, int at) => (_sql, _tokens, _at) = (sql, tokens, at);

    public bool IsAtEnd => _at == _tokens.Count;

    public string Shown => IsAtEnd ? "the end" : $"'{TextOf(_tokens[_at])}'";

    /// <summary>True where these words follow each other here.</summary>
    public bool IsAt(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!IsAt(_at + i, words[i]))
                return false;
        }

        return true;
    }

    public bool IsAtAny(HashSet<string> words) =>
        !IsAtEnd && _tokens[_at].Kind == SqlTokenKind.Word && words.Contains(TextOf(_tokens[_at]));

    /// <summary>Goes past these words where they follow each other here.</summary>
    public bool TryTake(params ReadOnlySpan<string> words)
    {
        if (!IsAt(words))
            return false;
        _at += words.Length;
        return true;
    }

    /// <summary>The text of the next token, whatever it is.</summary>
    public string Take()
    {
        if (IsAtEnd)
            throw Unexpected("more");
        return TextOf(_tokens[_at++]);
    }

    /// <summary>A name, plain or in double quotes.</summary>
    public string TakeName(string what)
    {
        if (IsAtEnd || _tokens[_at].Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName))
            throw Unexpected(what);
        SqlToken token = _tokens[_at++];
        string text = TextOf(token);
        return token.Kind == SqlTokenKind.Word ? text : text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    public void Expect(string wordOrSymbol)
    {
        if (!TryTake(wordOrSymbol))
            throw Unexpected(wordOrSymbol);
    }

    /// <summary>Nothing but the end may follow; semicolons were skipped as blanks.</summary>
    public void ExpectEnd()
    {
        if (!IsAtEnd)
            throw Unexpected("the end");
    }

    /// <summary>
    /// Everything up to a comma or closing bracket that is not inside brackets itself, or up to where <paramref name="isEnd"/> says. At least one
    /// token.
    /// </summary>
    public string TakeUntil(string what, Func<SqlCursor, bool> isEnd)
    {
        int first = _at;
        int depth = 0;
        while (!IsAtEnd && (depth > 0 || !(IsAt(",") || IsAt(")") || isEnd(this))))
            depth += DepthOf(_tokens[_at++]);
        if (_at == first)
            throw Unexpected(what);
        return Between(first, _at);
    }

    /// <summary>All that is left; its brackets close what they open.</summary>
    public string TakeRest()
    {
        int first = _at;
        int depth = 0;
        for (; !IsAtEnd; _at++)
        {
            depth += DepthOf(_tokens[_at]);
            if (depth < 0)
                throw Unexpected("no closing bracket");
        }

        return depth == 0 ? Between(first, _at) : throw Unexpected("a closing bracket");
    }

    /// <summary>True where these words follow each other somewhere in the rest, outside of brackets.</summary>
    public bool RestHas(params ReadOnlySpan<string> words)
    {
        SqlCursor ahead = Fork();
        for (int depth = 0; !ahead.IsAtEnd; ahead._at++)
        {
            if (depth == 0 && ahead.IsAt(words))
                return true;
            depth += DepthOf(_tokens[ahead._at]);
        }

        return false;
    }

    /// <summary>A copy that stands here, to look ahead with.</summary>
    public SqlCursor Fork() => new(_sql, _tokens, _at);

    public QueryException Unexpected(string expected) =>
        new(QueryErrorCode.Syntax, $"syntax error at {Shown}: expected {expected}{(IsAtEnd ? "" : $" at character {_tokens[_at].Start + 1}")}");

    private int DepthOf(SqlToken token) => token.Kind != SqlTokenKind.Symbol ? 0 : _sql[token.Start] switch
    {
        '(' or '[' or '{' => 1,
        ')' or ']' or '}' => -1,
        _ => 0,
    };

    private bool IsAt(int at, string wordOrSymbol) =>
        at < _tokens.Count && _tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.Symbol
        && _sql.AsSpan(_tokens[at].Start, _tokens[at].End - _tokens[at].Start).Equals(wordOrSymbol, StringComparison.OrdinalIgnoreCase);

    private string Between(int first, int end) => first == end ? "" : _sql[_tokens[first].Start.._tokens[end - 1].End];

    private string TextOf(SqlToken token) => _sql[token.Start..token.End];
}
