namespace Varve.Backup.Snapshots;

/// <summary>A sealed object that holds a piece of something, found by what is in it.</summary>
/// <param name="Name">In the repository: <c>data/</c> and the keyed hash of the content.</param>
/// <param name="ContentBytes">Of the content.</param>
internal readonly record struct ObjectRef(string Name, int ContentBytes)
{
    public const string Folder = "data/";

    public long SealedBytes => Sealing.SealedObject.SealedBytes(ContentBytes);
}
