namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>
/// What encodings are compared by: the bytes of a vector and the time to decode it, in one currency. <see cref="NanosecondsPerByte"/> is the rate of exchange.
/// </summary>
/// <remarks>
/// Measured on one core of an AMD EPYC (Zen 5), values decoded into the nearest caches; a slower machine is slower at everything else too.
/// </remarks>
internal static class Cost
{
    /// <summary>
    /// A byte less is worth 3 ns of decoding: it is read from a disk, deciphered, copied to every backup and replica, and takes its place in caches. At
    /// this rate entropy coding has to save 1.3 bits a value, and zstd a quarter of its output. A higher rate makes files a few percent smaller and full
    /// scans of such columns several times slower.
    /// </summary>
    public const double NanosecondsPerByte = 3;

    public const double FrameValue = 0.03;
    public const double DeltaValue = 0.15;
    public const double RunValue = 3;
    public const double PatchValue = 2;
    public const double DictionaryValue = 0.25;
    public const double EntropyValue = 0.5;
    public const double EntropyTablePlace = 1.5;
    public const double SplitValue = 0.4;
    public const double ScaledValue = 0.1;
    public const double DecimalValue = 0.1;
    public const double ApartValue = 1.2;
    public const double ZstdByte = 0.8;

    /// <summary>Vectors within vectors: their headers and the calls.</summary>
    public const double Layer = 30;

    public static double Of(double bytes, double nanoseconds) => bytes + (nanoseconds / NanosecondsPerByte);
}
