namespace Varve.Rpc;

/// <summary>
/// One entry of call metadata. A key that ends in -bin carries <paramref name="Bytes"/>, any other <paramref name="Text"/>
/// (printable ASCII; what a peer sent beyond that is read as Latin-1).
/// </summary>
/// <param name="Key">Always lower case.</param>
/// <param name="Text">Empty for a binary entry.</param>
/// <param name="Bytes">Empty for a text entry.</param>
public readonly record struct MetadataEntry(string Key, string Text, ReadOnlyMemory<byte> Bytes)
{
    public bool IsBinary => Metadata.IsBinaryKey(Key);
}
