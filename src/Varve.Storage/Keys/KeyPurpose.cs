namespace Varve.Storage.Keys;

/// <summary>
/// What keys are derived for, as labels that are frozen: a key that is derived for one purpose is never used for another. None is the beginning of
/// another one.
/// </summary>
internal static class KeyPurpose
{
    /// <summary>What tells a wrong root key from a damaged keyring; derived from the root key, as the next.</summary>
    public static ReadOnlySpan<byte> KeyringCheck => "varve/keyring-check/1:"u8;

    public static ReadOnlySpan<byte> KeyringContent => "varve/keyring-content/1:"u8;

    /// <summary>The rows of append records, for one instance of <see cref="RecordSealer"/>.</summary>
    public static ReadOnlySpan<byte> LogRecords => "varve/log-records/1:"u8;

    /// <summary>Names and columns of streams in records.</summary>
    public static ReadOnlySpan<byte> CatalogRecords => "varve/catalog-records/1:"u8;

    /// <summary>The least and greatest values of a segment's columns, in records and in the checkpoint.</summary>
    public static ReadOnlySpan<byte> SegmentZones => "varve/segment-zones/1:"u8;

    public static ReadOnlySpan<byte> Checkpoint => "varve/checkpoint/1:"u8;

    /// <summary>The pages of one segment file.</summary>
    public static ReadOnlySpan<byte> SegmentPages => "varve/segment-pages/1:"u8;
}
