namespace Varve.Query.Updates;

/// <summary>What a piece of SQL is, as far as updates need to know.</summary>
internal enum SqlTokenKind
{
    /// <summary>A keyword or a plain name.</summary>
    Word,

    /// <summary>A name in double quotes.</summary>
    QuotedName,

    /// <summary>A text in single quotes or between dollars.</summary>
    Text,

    /// <summary>?, $1 or $name.</summary>
    Placeholder,

    /// <summary>One character of anything else.</summary>
    Symbol,
}
