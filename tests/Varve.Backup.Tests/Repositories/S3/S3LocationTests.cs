using Varve.Backup.Repositories.S3;

namespace Varve.Backup.Tests.Repositories.S3;

public sealed class S3LocationTests
{
    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://b/p?endpoint=nowhere")]
    [InlineData("s3://b/p?endpoint=http://me:secret@host")]
    [InlineData("s3://b/p?secret=x")]
    public void A_location_that_is_none_is_refused(string text) =>
        Assert.Equal(BackupErrorCode.Unsupported, Assert.Throws<BackupException>(() => S3Location.Parse(text)).Code);

    [Fact]
    public void A_location_has_bucket_prefix_endpoint_and_region()
    {
        Assert.Equal(new S3Location("b", "", null, null, false), S3Location.Parse("s3://b"));
        Assert.Equal(new S3Location("b", "p/q/", "http://h:1", "r", true), S3Location.Parse("s3://b/p/q/?endpoint=http://h:1&region=r"));
        Assert.False(S3Location.Parse("s3://b/p?endpoint=http://h:1&path-style=false").IsPathStyle);
    }
}
