using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests.Hosting;

/// <summary>The methods of echo.proto.</summary>
internal static class Echo
{
    public static MethodDescriptor Say { get; } = Method("Say");

    public static MethodDescriptor Count { get; } = Method("Count");

    public static MethodDescriptor Collect { get; } = Method("Collect");

    public static MethodDescriptor Chat { get; } = Method("Chat");

    public const string SayPath = "/varve.rpc.tests.Echo/Say";

    public const string CountPath = "/varve.rpc.tests.Echo/Count";

    public const string CollectPath = "/varve.rpc.tests.Echo/Collect";

    public const string ChatPath = "/varve.rpc.tests.Echo/Chat";

    public static Blob Blob(int bodyBytes, byte fill = 7)
    {
        byte[] body = new byte[bodyBytes];
        Array.Fill(body, fill);
        return new Blob { Body = UnsafeByteOperations.UnsafeWrap(body) };
    }

    /// <summary>A blob's serialized form around a body: tag and length of field 3.</summary>
    public static byte[] BlobPrefix(int bodyBytes)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true))
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteLength(bodyBytes);
        }

        return memory.ToArray();
    }

    private static MethodDescriptor Method(string name) => EchoReflection.Descriptor.Services[0].FindMethodByName(name);
}
