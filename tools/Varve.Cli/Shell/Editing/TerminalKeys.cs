using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace Varve.Cli.Shell.Editing;

/// <summary>
/// Keys from the terminal of standard input, which is in raw mode meanwhile. One thread reads them, also while nobody waits for any; what was typed
/// ahead is there later. One caller.
/// </summary>
internal sealed class TerminalKeys : IDisposable
{
    private const int StandardInput = 0;

    private readonly RawMode _mode = RawMode.Enter();
    private readonly Channel<KeyPress> _keys = Channel.CreateUnbounded<KeyPress>();
    private readonly Lock _gate = new();
    private Action? _interrupt;

    public TerminalKeys() => new Thread(ReadAll) { IsBackground = true, Name = "varve keys" }.Start();

    /// <summary>Null: the terminal is gone.</summary>
    public async ValueTask<KeyPress?> ReadAsync(CancellationToken cancellation) =>
        await _keys.Reader.WaitToReadAsync(cancellation) && _keys.Reader.TryRead(out KeyPress key) ? key : null;

    /// <summary>Whether there is another key already.</summary>
    public bool HasMore => _keys.Reader.TryPeek(out _);

    /// <summary>
    /// Where ctrl-c goes for now, instead of to the reader; null: to the reader. One that waits already goes there too, and takes along what
    /// was typed before it.
    /// </summary>
    public void OnInterrupt(Action? action)
    {
        lock (_gate)
        {
            _interrupt = action;
            if (action is null)
                return;
            var waiting = new List<KeyPress>();
            while (_keys.Reader.TryRead(out KeyPress key))
                waiting.Add(key);
            int last = waiting.FindLastIndex(k => k.Key == Key.Interrupt);
            if (last >= 0)
                action();
            foreach (KeyPress key in waiting.Skip(last + 1))
                _keys.Writer.TryWrite(key);
        }
    }

    public void Dispose() => _mode.Dispose();

    private void ReadAll()
    {
        var decoder = new KeyDecoder();
        byte[] buffer = new byte[4096];

        // Not by way of Console, which has a line editor and a terminal mode of its own.
        using var input = new FileStream(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        try
        {
            for (int read = input.Read(buffer); read > 0; read = input.Read(buffer))
            {
                foreach (KeyPress key in decoder.Feed(buffer.AsSpan(0, read)))
                {
                    lock (_gate)
                    {
                        if (key.Key == Key.Interrupt && _interrupt is { } interrupt)
                            interrupt();
                        else
                            _keys.Writer.TryWrite(key);
                    }
                }
            }
        }
        catch (IOException)
        {
            // The terminal was closed: the same as its end.
        }

        _keys.Writer.TryComplete();
    }
}
