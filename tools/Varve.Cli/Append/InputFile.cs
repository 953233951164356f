using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Cli.CommandLine;
using Varve.Query.Import;

namespace Varve.Cli.Append;

/// <summary>A file, or standard input, as record batches in its own order. One reader.</summary>
internal sealed class InputFile : IAsyncDisposable
{
    private readonly FileImport? _import;
    private readonly IpcStreamReader? _arrow;
    private readonly IpcFileReader? _arrowFile;
    private readonly string? _spooled;

    private InputFile(
        Schema schema, FileImport? import = null, IpcStreamReader? arrow = null, IpcFileReader? arrowFile = null, string? spooled = null)
    {
        Schema = schema;
        _import = import;
        _arrow = arrow;
        _arrowFile = arrowFile;
        _spooled = spooled;
    }

    public Schema Schema { get; }

    /// <summary>Null where the format does not tell before the end.</summary>
    public long? RowCount => _import?.RowCount;

    /// <param name="file">A path, or - for standard input.</param>
    /// <param name="format">One of <see cref="InputFormats"/>.</param>
    /// <param name="target">The schema of the stream where it exists: decides how text is read.</param>
    /// <param name="cancellation">Ends the opening.</param>
    public static async Task<InputFile> OpenAsync(string file, string format, Schema? target, CancellationToken cancellation)
    {
        bool isStandardInput = file == FileAppend.StandardInput;
        if (format == InputFormats.Arrow)
            return isStandardInput ? OpenArrowStream(Console.OpenStandardInput()) : await OpenArrowAsync(file, cancellation);

        // DuckDB goes over a file more than once.
        string? spooled = isStandardInput ? await SpoolAsync(cancellation) : null;
        try
        {
            // DuckDB would make up a column for it.
            if (new FileInfo(spooled ?? file).Length == 0)
                throw new CliException($"{file}: it is empty, without even a header");
            FileImport import = await FileImport.OpenAsync(spooled ?? file, Format(format), target, cancellation);
            return new InputFile(import.Schema, import, spooled: spooled);
        }
        catch when (spooled is not null)
        {
            File.Delete(spooled);
            throw;
        }
    }

    public async IAsyncEnumerable<RecordBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_import is not null)
        {
            await foreach (RecordBatch batch in _import.ReadAllAsync(cancellation))
                yield return batch;
            yield break;
        }

        while (_arrow?.ReadNext() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return batch;
        }

        for (int i = 0; i < (_arrowFile?.BatchCount ?? 0); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return _arrowFile!.ReadBatch(i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_import is not null)
            await _import.DisposeAsync();
        _arrow?.Dispose();
        if (_spooled is not null)
            File.Delete(_spooled);
    }

    private static InputFile OpenArrowStream(Stream stream)
    {
        var reader = new IpcStreamReader(stream);
        return new InputFile(reader.Schema, arrow: reader);
    }

    /// <summary>An Arrow file begins with its magic; anything else is taken for a stream.</summary>
    private static async Task<InputFile> OpenArrowAsync(string file, CancellationToken cancellation)
    {
        FileStream stream = File.OpenRead(file);
        byte[] start = new byte[6];
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        stream.Position = 0;
        if (!start.AsSpan(0, read).SequenceEqual("ARROW1"u8))
            return OpenArrowStream(stream);
        await stream.DisposeAsync();
        var reader = new IpcFileReader(await File.ReadAllBytesAsync(file, cancellation));
        return new InputFile(reader.Schema, arrowFile: reader);
    }

    private static async Task<string> SpoolAsync(CancellationToken cancellation)
    {
        string path = Path.Combine(Path.GetTempPath(), $"varve-input-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using FileStream target = new(path, options);
        await using Stream input = Console.OpenStandardInput();
        await input.CopyToAsync(target, cancellation);
        return path;
    }

    private static ImportFormat Format(string format) => format switch
    {
        InputFormats.Csv => ImportFormat.Csv,
        InputFormats.JsonLines => ImportFormat.JsonLines,
        _ => ImportFormat.Parquet,
    };
}
