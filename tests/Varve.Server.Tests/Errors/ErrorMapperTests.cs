using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Rpc;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Tests.Errors;

public class ErrorMapperTests
{
    [Fact]
    public void Storage_errors_have_the_numbers_and_names_of_the_protocol()
    {
        Dictionary<int, string> wire = Enum.GetValues<ErrorCode>().Where(c => (int)c is > 0 and < 100).ToDictionary(c => (int)c, c => c.ToString());
        Dictionary<int, string> engine = Enum.GetValues<StorageErrorCode>().ToDictionary(c => (int)c, c => c.ToString());
        Assert.Equal(wire.OrderBy(p => p.Key), engine.OrderBy(p => p.Key));
    }

    [Fact]
    public void Every_error_declares_its_status()
    {
        foreach (ErrorCode code in Enum.GetValues<ErrorCode>())
            Assert.NotEqual(StatusCode.Ok, ErrorTable.Status(code));
        Assert.Equal(StatusCode.NotFound, ErrorTable.Status(ErrorCode.StreamNotFound));
        Assert.Equal(StatusCode.ResourceExhausted, ErrorTable.Status(ErrorCode.MemoryLimit));
        Assert.Equal(StatusCode.Unauthenticated, ErrorTable.Status(ErrorCode.Unauthenticated));
    }

    [Fact]
    public void An_error_carries_its_code_stream_and_request()
    {
        var failure = new StorageException(StorageErrorCode.SchemaMismatch, "column 'a': expected int64, found utf8");
        RpcException mapped = ErrorMapper.Map(failure, "metrics", 7)!;
        Assert.Equal(StatusCode.InvalidArgument, mapped.Code);
        Assert.Equal(failure.Message, mapped.Message);
        Assert.Equal(new ErrorDetail { Code = ErrorCode.SchemaMismatch, Stream = "metrics", RequestIndex = 7 }, mapped.FindDetail<ErrorDetail>());
    }

    [Fact]
    public void What_an_error_knows_already_is_kept()
    {
        RpcException first = ErrorMapper.Create(ErrorCode.InvalidRequest, "no", "first");
        Assert.Equal("first", ErrorMapper.Map(first, "second", 3)!.FindDetail<ErrorDetail>()!.Stream);
        Assert.Equal(3, ErrorMapper.Map(first, "second", 3)!.FindDetail<ErrorDetail>()!.RequestIndex);
    }

    [Fact]
    public void Damaged_Arrow_data_is_invalid_data() =>
        Assert.Equal(ErrorCode.InvalidData, ErrorMapper.Map(new ArrowFormatException("cut off"))!.FindDetail<ErrorDetail>()!.Code);

    [Fact]
    public void What_nobody_expected_is_not_mapped()
    {
        Assert.Null(ErrorMapper.Map(new InvalidOperationException("a fault of ours")));
        Assert.Null(ErrorMapper.Map(new OperationCanceledException()));
    }

    [Theory]
    [MemberData(nameof(QueryErrors))]
    public void Every_error_of_a_query_has_a_code_of_its_own_list(QueryErrorCode code)
    {
        ErrorCode mapped = ErrorMapper.Map(new QueryException(code, "no"))!.FindDetail<ErrorDetail>()!.Code;
        bool isShared = mapped is ErrorCode.Unsupported or ErrorCode.OffsetOutOfRange;
        Assert.True(isShared || (int)mapped is >= 100 and < 200, $"{code} became {mapped}");
    }

    public static TheoryData<QueryErrorCode> QueryErrors() => [.. Enum.GetValues<QueryErrorCode>()];
}
