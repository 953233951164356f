using System.Buffers.Binary;
using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>Reads the batches of an Arrow IPC file (Feather version 2) in any order, over the file's memory. For one thread.</summary>
/// <remarks>Sizes are checked, values are not: see <see cref="BatchDecoder"/>.</remarks>
public sealed class IpcFileReader
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly IpcLimits _limits;
    private readonly Block[] _dictionaries;
    private readonly Block[] _batches;
    private readonly BatchDecoder _decoder;
    private bool _hasDictionaries;

    /// <param name="file">The whole file; the batches refer to it.</param>
    /// <param name="limits">Null for <see cref="IpcLimits.Default"/>.</param>
    /// <exception cref="ArrowFormatException">Not an Arrow IPC file, damaged, or of a type that is not read.</exception>
    public IpcFileReader(ReadOnlyMemory<byte> file, IpcLimits? limits = null)
    {
        _file = file;
        _limits = limits ?? IpcLimits.Default;
        FlatTable footer = FlatTable.Root(FooterBytes(file.Span));
        CheckVersion(footer.Int16(Slots.FooterVersion));
        FlatTable schema = footer.Table(Slots.FooterSchema);
        if (schema.IsNull)
            throw new ArrowFormatException("the footer of the Arrow file has no schema");
        _decoder = new BatchDecoder(new SchemaReader(_limits).Read(schema), _limits);
        long left = file.Length;
        _dictionaries = Blocks(footer.Vector(Slots.FooterDictionaries, Slots.BlockBytes), ref left);
        _batches = Blocks(footer.Vector(Slots.FooterBatches, Slots.BlockBytes), ref left);
    }

    public Schema Schema => _decoder.Schema;

    public int BatchCount => _batches.Length;

    /// <exception cref="ArrowFormatException">The batch, or a dictionary of the file, is damaged, beyond the limits, or of a kind that is not
    /// read.</exception>
    public RecordBatch ReadBatch(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_batches.Length, nameof(index));
        ReadDictionaries();
        (ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body) = ReadMessage(_batches[index]);
        return _decoder.Decode(header.Span, body)
            ?? throw new ArrowFormatException($"the footer of the Arrow file names a dictionary as batch {index}");
    }

    /// <summary>Old footers leave their version out; every message has its own, which is checked too.</summary>
    private static void CheckVersion(short version)
    {
        if (version != 0)
            Message.CheckVersion(version);
    }

    private void ReadDictionaries()
    {
        if (_hasDictionaries)
            return;
        foreach (Block block in _dictionaries)
        {
            (ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body) = ReadMessage(block);
            _decoder.DecodeFileDictionary(header.Span, body);
        }

        _hasDictionaries = true;
    }

    private ReadOnlySpan<byte> FooterBytes(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileFormat.HeadBytes + FileFormat.TailBytes || !file.StartsWith(FileFormat.Magic) || !file.EndsWith(FileFormat.Magic))
        {
            throw new ArrowFormatException(
                $"expected an Arrow IPC file, which starts and ends with ARROW1, and found {file.Length} bytes of something else");
        }

        int end = file.Length - FileFormat.TailBytes;
        int length = BinaryPrimitives.ReadInt32LittleEndian(file[end..]);
        if (length < 0 || length > end - FileFormat.HeadBytes || length > _limits.MaxMetadataBytes)
            throw new ArrowFormatException($"the Arrow file of {file.Length} bytes claims a footer of {length}");
        return file.Slice(end - length, length);
    }

    /// <summary>Together, blocks cannot take more than the file: a footer that names one over and over would make much work out of little.</summary>
    private Block[] Blocks(FlatVector entries, ref long left)
    {
        var blocks = new Block[entries.Count];
        for (int i = 0; i < blocks.Length; i++)
        {
            var block = new Block(entries.Int64(i), entries.Int32(i, atByte: 8), entries.Int64(i, atByte: 16));
            if (block.Offset < 0 || block.MetadataBytes < 8 || block.BodyBytes < 0
                || block.Offset > _file.Length - block.MetadataBytes || block.BodyBytes > _file.Length - block.MetadataBytes - block.Offset)
            {
                throw new ArrowFormatException(
                    $"the footer of the Arrow file of {_file.Length} bytes names a message that is not inside it: {block}");
            }

            left -= block.MetadataBytes + block.BodyBytes;
            if (left < 0)
                throw new ArrowFormatException($"the footer of the Arrow file of {_file.Length} bytes names messages that overlap");
            blocks[i] = block;
        }

        return blocks;
    }

    private (ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Body) ReadMessage(Block block)
    {
        ReadOnlyMemory<byte> metadata = _file.Slice((int)block.Offset, block.MetadataBytes);
        int length = BinaryPrimitives.ReadInt32LittleEndian(metadata.Span);
        int prefix = 4;
        if ((uint)length == Encapsulation.Continuation)
        {
            length = BinaryPrimitives.ReadInt32LittleEndian(metadata.Span[4..]);
            prefix = Encapsulation.PrefixBytes;
        }

        if (length < 0 || length > metadata.Length - prefix)
            throw new ArrowFormatException($"a message of the Arrow file claims {length} bytes of metadata where the footer says {metadata.Length}");
        ReadOnlyMemory<byte> body = _file.Slice((int)block.Offset + block.MetadataBytes, (int)block.BodyBytes);
        return (metadata.Slice(prefix, length), body);
    }
}
