using System.Buffers;
using Varve.Rpc.Framing;

namespace Varve.Protocol.Flight;

/// <summary>
/// One received FlightData. The transport lends a message's bytes only while it is decoded, so they are copied once, the body to the start of an
/// array (which is 8-aligned, as Arrow's buffers want it). For one thread at a time.
/// </summary>
public sealed class FlightDataMessage : IDisposable
{
    private const int AlignmentBytes = 8;

    private readonly bool _isPooled;
    private byte[]? _bytes;

    private FlightDataMessage(byte[] bytes, bool isPooled, FlightDescriptor? descriptor, FlightDataLayout layout)
    {
        _bytes = bytes;
        _isPooled = isPooled;
        Descriptor = descriptor;
        Body = layout.Body.Of(bytes.AsMemory());
        Header = layout.Header.Of(bytes.AsMemory());
        AppMetadata = layout.AppMetadata.Of(bytes.AsMemory());
    }

    /// <summary>Decodes into an array of its own: what refers to the body, such as a record batch, may live on without the message.</summary>
    public static FrameDecoder<FlightDataMessage> Decode { get; } = static message => Copy(message, isPooled: false);

    /// <summary>Decodes into a pooled array that <see cref="Dispose"/> gives back: nothing may refer to the body after that.</summary>
    public static FrameDecoder<FlightDataMessage> DecodePooled { get; } = static message => Copy(message, isPooled: true);

    /// <summary>What the call is about; in the first message of a DoPut.</summary>
    public FlightDescriptor? Descriptor { get; }

    /// <summary>A bare IPC message; empty where this message carries no data.</summary>
    public ReadOnlyMemory<byte> Header { get; private set; }

    public ReadOnlyMemory<byte> AppMetadata { get; private set; }

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Bytes that the message holds on to.</summary>
    public int SizeBytes => Header.Length + AppMetadata.Length + Body.Length;

    public void Dispose()
    {
        if (_bytes is { } bytes && _isPooled)
            ArrayPool<byte>.Shared.Return(bytes);
        _bytes = null;
        Header = AppMetadata = Body = default;
    }

    private static FlightDataMessage Copy(ReadOnlySpan<byte> message, bool isPooled)
    {
        FlightDataLayout source = FlightDataLayout.Find(message);
        FlightDescriptor? descriptor = source.Descriptor.Length == 0 ? null : FlightDescriptor.Parser.ParseFrom(source.Descriptor.Of(message));
        var header = new ByteRange(Align(source.Body.Length), source.Header.Length);
        var appMetadata = new ByteRange(header.Start + header.Length, source.AppMetadata.Length);
        int size = appMetadata.Start + appMetadata.Length;
        byte[] bytes = isPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        var target = new FlightDataLayout(default, header, appMetadata, new ByteRange(0, source.Body.Length));
        source.Body.Of(message).CopyTo(bytes);
        source.Header.Of(message).CopyTo(bytes.AsSpan(header.Start));
        source.AppMetadata.Of(message).CopyTo(bytes.AsSpan(appMetadata.Start));
        return new FlightDataMessage(bytes, isPooled, descriptor, target);
    }

    private static int Align(int size) => checked(size + AlignmentBytes - 1) & -AlignmentBytes;
}
