using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Varve.Storage.Keys;

namespace Varve.Backup.Sealing;

/// <summary>
/// The format of every object but the repository's own header (docs/formats/repository.md). Little-endian; what is not named is zero. Without state.
/// <code>
/// offset bytes type  field
/// 0      8     ascii "VARVSEAL"
/// 8      2     u16   version of the format, 1
/// 10     2     u16   oldest version whose readers can read it, 1
/// 12     4     u32   kind: 1 data, 2 snapshot, 3 history, 4 lock, 5 archive
/// 16     8     i64   bytes of the content
/// 32     32    bytes salt, random
/// 64     ...         the content in frames of 65,536 bytes, the last one shorter, or one empty frame; each followed by the 16 bytes of its tag
/// </code>
/// </summary>
/// <remarks>
/// A frame is AES-256-GCM. No nonce repeats under a key: the key is derived with a salt that is drawn for this one sealing, the nonce is the number of
/// the frame. The associated data are the header and the object's name, so nothing opens under another name, as another kind or with another length.
/// </remarks>
internal static class SealedObject
{
    public const int HeaderBytes = 64;
    public const int FrameBytes = 65_536;

    private const int LengthAt = 16;
    private const int SaltAt = 32;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "VARVSEAL"u8;

    /// <summary>What an object takes that holds that many bytes.</summary>
    public static long SealedBytes(long contentBytes) => HeaderBytes + contentBytes + (FrameCount(contentBytes) * AesGcmPool.TagBytes);

    /// <param name="key">The repository's.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="name">What it will be called.</param>
    /// <param name="content">Stays the caller's.</param>
    /// <param name="bytes">Becomes the object; has <see cref="SealedBytes"/>.</param>
    public static void Seal(RepositoryKey key, ObjectKind kind, string name, ReadOnlySpan<byte> content, Span<byte> bytes)
    {
        Span<byte> header = bytes[..HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], (int)kind);
        BinaryPrimitives.WriteInt64LittleEndian(header[LengthAt..], content.Length);
        RandomNumberGenerator.Fill(header[SaltAt..]);
        using AesGcm aes = key.Cipher(header[SaltAt..]);
        byte[] associated = Associated(header, name);
        Span<byte> rest = bytes[HeaderBytes..];
        Span<byte> nonce = stackalloc byte[AesGcmPool.NonceBytes];
        for (int frame = 0; frame < FrameCount(content.Length); frame++)
        {
            ReadOnlySpan<byte> plain = content.Slice(frame * FrameBytes, Math.Min(FrameBytes, content.Length - (frame * FrameBytes)));
            BinaryPrimitives.WriteInt32LittleEndian(nonce, frame);
            aes.Encrypt(nonce, plain, rest[..plain.Length], rest.Slice(plain.Length, AesGcmPool.TagBytes), associated);
            rest = rest[(plain.Length + AesGcmPool.TagBytes)..];
        }
    }

    /// <summary>The content. Throws <see cref="BackupErrorCode.Damaged"/> where anything is not as it was sealed.</summary>
    public static byte[] Open(RepositoryKey key, ObjectKind kind, string name, ReadOnlySpan<byte> bytes)
    {
        long length = ContentBytes(kind, name, bytes);
        if (length is < 0 or > int.MaxValue || bytes.Length != SealedBytes(length))
            throw Damaged(name, $"it has {bytes.Length} bytes, and says that it holds {length}");
        byte[] content = new byte[length];
        Open(key, kind, name, bytes, content);
        return content;
    }

    /// <summary>Opens an object that holds as many bytes as the memory has; throws <see cref="BackupErrorCode.Damaged"/>.</summary>
    public static void Open(RepositoryKey key, ObjectKind kind, string name, ReadOnlySpan<byte> bytes, Span<byte> content)
    {
        long length = ContentBytes(kind, name, bytes);
        if (length != content.Length || bytes.Length != SealedBytes(length))
            throw Damaged(name, $"it has {bytes.Length} bytes, and says that it holds {length}; {content.Length} were written");
        using AesGcm aes = key.Cipher(bytes[SaltAt..HeaderBytes]);
        byte[] associated = Associated(bytes, name);
        ReadOnlySpan<byte> rest = bytes[HeaderBytes..];
        for (int frame = 0; frame < FrameCount(length); frame++)
        {
            Span<byte> plain = content.Slice(frame * FrameBytes, Math.Min(FrameBytes, content.Length - (frame * FrameBytes)));
            OpenFrame(aes, name, frame, rest, plain, associated);
            rest = rest[(plain.Length + AesGcmPool.TagBytes)..];
        }
    }

    /// <summary>Where a frame begins.</summary>
    public static long FrameStart(long frame) => HeaderBytes + (frame * (FrameBytes + AesGcmPool.TagBytes));

    /// <summary>
    /// Opens frames that lie one behind the other, each as an object is opened whole.
    /// </summary>
    /// <param name="key">The repository's.</param>
    /// <param name="kind">Of the object.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="header">Its first <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="first">The number of the first one.</param>
    /// <param name="bytes">The frames with their tags.</param>
    public static IReadOnlyList<(int Frame, byte[] Content)> OpenFrames(
        RepositoryKey key, ObjectKind kind, string name, byte[] header, int first, byte[] bytes)
    {
        long length = ContentBytes(kind, name, header);
        using AesGcm aes = key.Cipher(header.AsSpan(SaltAt, HeaderBytes - SaltAt));
        byte[] associated = Associated(header, name);
        List<(int Frame, byte[] Content)> frames = [];
        ReadOnlySpan<byte> rest = bytes;
        for (int frame = first; !rest.IsEmpty; frame++)
        {
            byte[] content = new byte[Math.Clamp(length - ((long)frame * FrameBytes), 0, FrameBytes)];
            if (rest.Length < content.Length + AesGcmPool.TagBytes)
                throw Damaged(name, $"it ends within its frame {frame}");
            OpenFrame(aes, name, frame, rest, content, associated);
            frames.Add((frame, content));
            rest = rest[(content.Length + AesGcmPool.TagBytes)..];
        }

        return frames;
    }

    private static void OpenFrame(AesGcm aes, string name, int frame, ReadOnlySpan<byte> bytes, Span<byte> content, byte[] associated)
    {
        Span<byte> nonce = stackalloc byte[AesGcmPool.NonceBytes];
        BinaryPrimitives.WriteInt32LittleEndian(nonce, frame);
        try
        {
            aes.Decrypt(nonce, bytes[..content.Length], bytes.Slice(content.Length, AesGcmPool.TagBytes), content, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(name, $"the seal of its frame {frame} does not match: its bytes were changed, or are those of another object");
        }
    }

    /// <summary>What the header says, once it is found to be one.</summary>
    private static long ContentBytes(ObjectKind kind, string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic))
            throw Damaged(name, $"it has {bytes.Length} bytes and does not begin as an object of a repository does");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (oldestReader > Version)
        {
            // Whether that is so, or the bytes were changed, cannot be told. A lock is not taken for damaged: it would count for nobody's.
            throw new BackupException(
                kind == ObjectKind.Lock ? BackupErrorCode.Unsupported : BackupErrorCode.Damaged,
                $"object {name} needs a reader of version {oldestReader} or newer, or is damaged; this one is of version {Version}");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != (int)kind)
            throw Damaged(name, $"it is of another kind than {kind}");
        return BinaryPrimitives.ReadInt64LittleEndian(bytes[LengthAt..]);
    }

    private static long FrameCount(long contentBytes) => Math.Max(1, (contentBytes + FrameBytes - 1) / FrameBytes);

    private static byte[] Associated(ReadOnlySpan<byte> bytes, string name) => [.. bytes[..HeaderBytes], .. Encoding.ASCII.GetBytes(name)];

    private static BackupException Damaged(string name, string what) => new(BackupErrorCode.Damaged, $"object {name} is damaged: {what}");
}
