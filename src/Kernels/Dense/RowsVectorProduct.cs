using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies rows of weights with few tokens, straight from memory.</summary>
/// <remarks>
/// Lanes are neighbouring columns: each lane sums the columns of its residue class in ascending order, and the lanes are added at the end.
/// Four rows at a time make four independent
/// chains. The order of the sums is that of <see cref="RowsMatrixProduct{TLanes, TFloat, TInt, TRows}"/>: a token's result does not depend
/// on its batch.
/// </remarks>
internal static unsafe class RowsVectorProduct<TLanes, TFloat, TInt, TRows>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TRows : struct, IRows
{
    private const int RowBlock = 4;

    /// <summary>y[t, n] for all tokens and the rows n = firstRow .. endRow − 1.</summary>
    public static void Multiply(TRows rows, in ActivationBlock x, int firstRow, int endRow, float* y, nint yStride)
    {
        float* products = stackalloc float[RowBlock];
        Announce(rows, firstRow, endRow);
        for (int row = firstRow; row < endRow; row += RowBlock)
        {
            Announce(rows, row + RowBlock, endRow);
            for (int token = 0; token < x.Count; token++)
            {
                MultiplyRows(rows, x.Token(token), row, endRow - 1, products);
                for (int index = 0; index < RowBlock && row + index < endRow; index++)
                    y[token * yStride + row + index] = products[index];
            }
        }
    }

    // Rows are short and matrices many: without this most of the time would go into waiting for the first lines of each row.
    private static void Announce(TRows rows, int row, int endRow)
    {
        if (row < endRow)
            ReadAhead<TLanes, TFloat, TInt>.Announce(rows.Row(row), rows.Row(Math.Min(row + RowBlock, endRow)) - rows.Row(row));
    }

    [MethodImpl(CompileOptions.Kernel)]
    private static void MultiplyRows(TRows rows, float* x, int firstRow, int lastRow, float* products)
    {
        // Where rows end, the last one is computed again.
        int row1 = Math.Min(firstRow + 1, lastRow), row2 = Math.Min(firstRow + 2, lastRow), row3 = Math.Min(firstRow + 3, lastRow);
        byte* w0 = rows.Row(firstRow), w1 = rows.Row(row1), w2 = rows.Row(row2), w3 = rows.Row(row3);
        TFloat sum0 = TLanes.Zero, sum1 = TLanes.Zero, sum2 = TLanes.Zero, sum3 = TLanes.Zero;
        int columns = rows.Columns, column = 0;
        if (TRows.HasScales)
        {
            for (int group = 0; column < columns; group++)
            {
                TFloat scale0 = TLanes.Broadcast(rows.Scale(firstRow, group)), scale1 = TLanes.Broadcast(rows.Scale(row1, group));
                TFloat scale2 = TLanes.Broadcast(rows.Scale(row2, group)), scale3 = TLanes.Broadcast(rows.Scale(row3, group));
                for (int end = column + IRows.ScaleGroup; column < end; column += TLanes.Count)
                {
                    TFloat value = TLanes.Load(x + column);
                    sum0 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(w0, column), scale0), value, sum0);
                    sum1 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(w1, column), scale1), value, sum1);
                    sum2 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(w2, column), scale2), value, sum2);
                    sum3 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(w3, column), scale3), value, sum3);
                }
            }
        }
        else
        {
            for (; column + TLanes.Count <= columns; column += TLanes.Count)
            {
                TFloat value = TLanes.Load(x + column);
                sum0 = TLanes.MultiplyAdd(TRows.Load<TLanes, TFloat, TInt>(w0, column), value, sum0);
                sum1 = TLanes.MultiplyAdd(TRows.Load<TLanes, TFloat, TInt>(w1, column), value, sum1);
                sum2 = TLanes.MultiplyAdd(TRows.Load<TLanes, TFloat, TInt>(w2, column), value, sum2);
                sum3 = TLanes.MultiplyAdd(TRows.Load<TLanes, TFloat, TInt>(w3, column), value, sum3);
            }
            if (column < columns)
            {
                TFloat value = TLanes.Load(x + column);
                sum0 = TLanes.MultiplyAdd(TRows.LoadPart<TLanes, TFloat, TInt>(w0, column, columns - column), value, sum0);
                sum1 = TLanes.MultiplyAdd(TRows.LoadPart<TLanes, TFloat, TInt>(w1, column, columns - column), value, sum1);
                sum2 = TLanes.MultiplyAdd(TRows.LoadPart<TLanes, TFloat, TInt>(w2, column, columns - column), value, sum2);
                sum3 = TLanes.MultiplyAdd(TRows.LoadPart<TLanes, TFloat, TInt>(w3, column, columns - column), value, sum3);
            }
        }
        products[0] = TLanes.Sum(sum0);
        products[1] = TLanes.Sum(sum1);
        products[2] = TLanes.Sum(sum2);
        products[3] = TLanes.Sum(sum3);
    }
}
