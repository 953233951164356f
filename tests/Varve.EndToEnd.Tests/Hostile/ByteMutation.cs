namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>Damage to bytes that knows nothing of what they mean.</summary>
internal static class ByteMutation
{
    private static readonly byte[][] Extremes =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], [0x00], [0xFF, 0xFF, 0xFF, 0x7F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xC3, 0x28], [0xED, 0xA0, 0x80],
    ];

    public static byte[] Random(Random random, int lengthMax)
    {
        byte[] bytes = new byte[random.Next(lengthMax)];
        random.NextBytes(bytes);
        return bytes;
    }

    public static byte[] Mutate(Random random, byte[] bytes)
    {
        for (int i = random.Next(1, 5); i > 0 && bytes.Length > 0; i--)
            bytes = MutateOnce(random, bytes);
        return bytes;
    }

    private static byte[] MutateOnce(Random random, byte[] bytes)
    {
        int at = random.Next(bytes.Length);
        int length = random.Next(Math.Min(bytes.Length - at, 40) + 1);
        switch (random.Next(7))
        {
            case 0:
                byte[] flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                byte[] changed = (byte[])bytes.Clone();
                changed[at] = (byte)random.Next(256);
                return changed;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes[at..(at + length)], .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. Random(random, 20), .. bytes[at..]];
            default:
                byte[] extreme = Extremes[random.Next(Extremes.Length)];
                return [.. bytes[..at], .. extreme, .. bytes[Math.Min(bytes.Length, at + extreme.Length)..]];
        }
    }
}
