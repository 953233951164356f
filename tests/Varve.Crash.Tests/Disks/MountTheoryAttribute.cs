namespace Varve.Crash.Tests.Disks;

/// <summary>A theory that mounts file systems, which it needs to be allowed to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MountTheoryAttribute : TheoryAttribute
{
    public MountTheoryAttribute()
    {
        if (Mounting.Problem is { } problem)
            Skip = problem;
    }
}
