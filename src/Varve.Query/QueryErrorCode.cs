namespace Varve.Query;

/// <summary>Why a statement failed. Numbers are frozen; the wire's own list of errors maps from them.</summary>
public enum QueryErrorCode
{
    /// <summary>A fault of the engine itself.</summary>
    Internal = 0,

    /// <summary>The text is not SQL.</summary>
    Syntax = 1,

    /// <summary>A stream, function or type that the statement names does not exist.</summary>
    NotFound = 2,

    /// <summary>SQL that does not fit what it speaks of: an unknown column, types that cannot be compared.</summary>
    InvalidStatement = 3,

    /// <summary>A value met while running cannot be converted or computed: an overflow, a text that is no number.</summary>
    InvalidValue = 4,

    /// <summary>The parameters do not fit the statement in number, name or type.</summary>
    InvalidParameter = 5,

    /// <summary>Sound SQL that this engine or its result format cannot do.</summary>
    Unsupported = 6,

    /// <summary>Not allowed here: files, network, settings, changes, more than one statement.</summary>
    Refused = 7,

    /// <summary>The memory limit of queries was reached. The engine stays usable.</summary>
    OutOfMemory = 8,

    /// <summary>The statement ran longer than its time limit.</summary>
    Timeout = 9,

    /// <summary>The statement was cancelled other than by its caller's token, or the engine is being closed.</summary>
    Cancelled = 10,

    /// <summary>Too many statements wait already.</summary>
    Busy = 11,

    /// <summary>The text is longer, or nested deeper, than allowed.</summary>
    TooLarge = 12,

    /// <summary>A file to import cannot be read, or its content does not fit.</summary>
    File = 13,

    /// <summary>A moment of the past at which a stream is not held any more, or was not there yet.</summary>
    NotHeld = 14,
}
