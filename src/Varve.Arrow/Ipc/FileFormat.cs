namespace Varve.Arrow.Ipc;

/// <summary>
/// An IPC file: "ARROW1" and 2 bytes of padding, a stream with its end mark, the footer flatbuffer, int32 bytes of the footer, "ARROW1".
/// </summary>
internal static class FileFormat
{
    public const int HeadBytes = 8;
    public const int TailBytes = 10;

    public static ReadOnlySpan<byte> Magic => "ARROW1"u8;
}
