using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary>Which of picked rows are null. Without state.</summary>
internal static class PickedNulls
{
    /// <summary>Validity and how many are null; nothing where none is.</summary>
    public static (ReadOnlyMemory<byte> Validity, int Count) Of(ArrayData[] blocks, RowPick pick)
    {
        byte[]? validity = null;
        int count = 0;
        for (int block = 0; block < blocks.Length; block++)
        {
            ArrayData array = blocks[block];
            if (array.NullCount == 0)
                continue;
            ReadOnlySpan<int> rows = pick.RowsOf(block);
            ReadOnlySpan<int> targets = pick.TargetsOf(block);
            for (int i = 0; i < rows.Length; i++)
            {
                if (!array.IsNull(rows[i]))
                    continue;
                validity ??= AllValid(pick.RowCount);
                validity[targets[i] >> 3] &= (byte)~(1 << (targets[i] & 7));
                count++;
            }
        }

        return (validity, count);
    }

    private static byte[] AllValid(int rowCount)
    {
        byte[] validity = new byte[Bitmap.ByteCount(rowCount)];
        Array.Fill(validity, (byte)0xFF);
        return validity;
    }
}
