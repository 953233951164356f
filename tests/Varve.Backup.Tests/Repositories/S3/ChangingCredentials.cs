using Amazon.Runtime;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>An access key whose secret somebody changes while we work. Each request takes the secret of its moment. Any thread.</summary>
internal sealed class ChangingCredentials(AWSCredentials first) : AWSCredentials
{
    private volatile ImmutableCredentials _current = first.GetCredentials();

    public void Change(AWSCredentials to) => _current = to.GetCredentials();

    public override ImmutableCredentials GetCredentials() => _current;
}
