using System.Runtime.InteropServices;

namespace Varve.Storage.FileSystem;

/// <summary>Linux's error numbers, as carried by <see cref="Exception.HResult"/> of what an <see cref="IFileSystem"/> throws.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int InvalidArgument = 22;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>The exception for a failed call: its message names call, path and reason, its HResult is the errno.</summary>
    public static IOException Exception(int errno, string call, string path) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);

    /// <summary>Whether the reason is a full disk or quota, which passes once there is room.</summary>
    public static bool IsDiskFull(Exception exception) => exception is IOException { HResult: NoSpace or QuotaExceeded };
}
