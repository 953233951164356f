using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Varve.Protocol.V1;
using Varve.Rpc;

namespace Varve.Server.Errors;

/// <summary>The gRPC status of each error, as proto/varve/v1/errors.proto declares it.</summary>
internal static class ErrorTable
{
    private static readonly FrozenDictionary<int, StatusCode> Statuses = ErrorsReflection.Descriptor.EnumTypes
        .Single(e => e.ClrType == typeof(ErrorCode)).Values
        .ToFrozenDictionary(v => v.Number, StatusOf);

    public static StatusCode Status(ErrorCode code) => Statuses.GetValueOrDefault((int)code, StatusCode.Unknown);

    private static StatusCode StatusOf(EnumValueDescriptor value) => (StatusCode)value.GetOptions().GetExtension(ErrorsExtensions.GrpcStatus);
}
