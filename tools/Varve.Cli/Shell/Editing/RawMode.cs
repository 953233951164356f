using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Varve.Cli.Shell.Editing;

/// <summary>
/// The terminal of standard input gives every key at once, as it is and unseen, until this is disposed; output stays as it was. termios(3) of Linux.
/// </summary>
internal sealed partial class RawMode : IDisposable
{
    private const int StandardInput = 0;
    private const int AfterOutput = 1; // TCSADRAIN

    // struct termios: four words of flags (input, output, control, local), the line discipline, 32 control characters, two speeds.
    private const int StructBytes = 60;
    private const int LocalFlags = 12;
    private const int ControlCharacters = 17;
    private const int LeastBytes = ControlCharacters + 6; // VMIN
    private const int WaitTenths = ControlCharacters + 5; // VTIME
    private const uint InputOff = 0x2 | 0x10 | 0x20 | 0x100 | 0x400; // BRKINT, INPCK, ISTRIP, ICRNL, IXON
    private const uint LocalOff = 0x1 | 0x2 | 0x8 | 0x8000; // ISIG, ICANON, ECHO, IEXTEN

    private readonly byte[] _before = new byte[StructBytes + 4];

    private RawMode()
    {
    }

    /// <exception cref="IOException">Standard input is no terminal.</exception>
    public static RawMode Enter()
    {
        var mode = new RawMode();
        if (GetAttributes(StandardInput, mode._before) != 0)
            throw Failed("reading");
        byte[] raw = [.. mode._before];
        TurnOff(raw, 0, InputOff);
        TurnOff(raw, LocalFlags, LocalOff);
        raw[LeastBytes] = 1;
        raw[WaitTenths] = 0;
        return SetAttributes(StandardInput, AfterOutput, raw) == 0 ? mode : throw Failed("changing");
    }

    public void Dispose() => SetAttributes(StandardInput, AfterOutput, _before);

    private static void TurnOff(byte[] attributes, int at, uint flags)
    {
        Span<byte> word = attributes.AsSpan(at, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) & ~flags);
    }

    private static IOException Failed(string what) =>
        new($"{what} the terminal's mode failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int file, [Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int file, int when, byte[] attributes);
}
