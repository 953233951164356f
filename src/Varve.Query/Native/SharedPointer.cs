using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// <c>std::shared_ptr</c> as libstdc++ lays it out on x64: the object, and a block that counts who owns it.
/// <code>
/// offset  bytes  block
/// 0       8      virtual functions
/// 8       4      owners
/// 12      4      those who only watch
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SharedPointer
{
    private const int OwnersOffset = 8;

    public nint Object;
    private nint _control;

    /// <summary>How many own the object.</summary>
    public readonly int OwnerCount => Volatile.Read(ref *(int*)(_control + OwnersOffset));

    /// <summary>One more that owns the object; there must be one already, and nothing here lets go of it: hand it to a function that takes it over.</summary>
    public readonly SharedPointer Share()
    {
        Interlocked.Increment(ref *(int*)(_control + OwnersOffset));
        return this;
    }
}
