namespace Varve.Storage.Log;

/// <summary>What a file of the log holds.</summary>
internal enum LogFileKind
{
    /// <summary>What the log is and how far it is known to be durable.</summary>
    Control = 1,

    /// <summary>Entries.</summary>
    Entries = 2,
}
