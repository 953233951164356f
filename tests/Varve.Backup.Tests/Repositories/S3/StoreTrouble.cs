namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>What becomes of a request on its way to a store.</summary>
internal enum StoreTrouble
{
    None,

    /// <summary>The store has too much to do: 503 SlowDown, and nothing was done.</summary>
    Busy,

    /// <summary>500 InternalError, and nothing was done.</summary>
    Broken,

    /// <summary>The secret is not the one of the key: 403 SignatureDoesNotMatch.</summary>
    Denied,

    /// <summary>Half of the answer's body comes, then the connection ends.</summary>
    HalfAnswer,

    /// <summary>What was asked for is done, and the connection ends before anything is answered.</summary>
    NoAnswer,
}
