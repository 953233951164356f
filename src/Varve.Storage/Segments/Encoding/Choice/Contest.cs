namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>
/// Keeps the best of several encodings of one vector: each is appended behind the one that is kept so far, and one of the two goes. For one thread.
/// </summary>
internal ref struct Contest(VectorWriter writer, double costToBeat)
{
    private readonly int _at = writer.Length;
    private int _bytes;

    /// <summary>Of what is kept, or of what is to be beaten.</summary>
    public double Cost { get; private set; } = costToBeat;

    /// <summary>Nanoseconds to decode what is kept.</summary>
    public double Time { get; private set; }

    public readonly bool HasWinner => _bytes > 0;

    /// <summary>Judges what was appended since the last time.</summary>
    public void Judge(double time)
    {
        int kept = _at + _bytes;
        int bytes = writer.Length - kept;
        double cost = Choice.Cost.Of(bytes, time);
        if (bytes == 0 || cost >= Cost)
        {
            writer.Truncate(kept);
            return;
        }

        writer.Remove(_at, _bytes);
        (_bytes, Cost, Time) = (bytes, cost, time);
    }
}
