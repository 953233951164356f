namespace Varve.Cli.Shell.Sql;

/// <summary>What a part of a text of SQL is.</summary>
internal enum SqlPartKind
{
    /// <summary>A keyword, a plain name, a number.</summary>
    Word,

    /// <summary>In double quotes.</summary>
    QuotedName,

    /// <summary>In single quotes or between dollar tags.</summary>
    Text,
    Comment,
    Symbol,
}
