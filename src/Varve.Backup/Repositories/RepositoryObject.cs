namespace Varve.Backup.Repositories;

/// <summary>An object as a listing shows it.</summary>
/// <param name="Name">The whole name, the folder included.</param>
/// <param name="LengthBytes">Of its content.</param>
public readonly record struct RepositoryObject(string Name, long LengthBytes);
