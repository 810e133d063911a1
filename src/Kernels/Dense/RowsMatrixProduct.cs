using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies rows of weights with many tokens: a block of weights is converted once, into a panel that stays in cache, and
/// multiplied with all tokens.</summary>
/// <remarks>
/// <para>
/// Lanes are neighbouring columns, as in <see cref="RowsVectorProduct{TLanes, TFloat, TInt, TRows}"/>, and the order of the sums is the
/// same: sums wait in memory as registers, lane by
/// lane, from one block of columns to the next, and the lanes are added at the very end. So a token's result does not depend on its batch.
/// </para>
/// <para>The panel has 8 rows of 512 columns (16 KiB), the sums of 48 tokens take at most 24 KiB; both are on the stack.</para>
/// </remarks>
internal static unsafe class RowsMatrixProduct<TLanes, TFloat, TInt, TRows>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TRows : struct, IRows
{
    private const int RowBlock = 8;
    private const int ColumnBlock = 512;
    private const int TokenBlock = 48;
    private const int MicroRows = 4;
    private const int MicroTokens = 3;
    private const int LargestRegister = 16;

    /// <summary>y[t, n] for all tokens and the rows n = firstRow .. endRow − 1.</summary>
    public static void Multiply(TRows rows, in ActivationBlock x, int firstRow, int endRow, float* y, nint yStride)
    {
        for (int firstToken = 0; firstToken < x.Count; firstToken += TokenBlock)
        {
            int tokens = Math.Min(TokenBlock, x.Count - firstToken);
            for (int row = firstRow; row < endRow; row += RowBlock)
                MultiplyBlock(rows, x, row, endRow, firstToken, tokens, y + firstToken * yStride, yStride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(CompileOptions.Kernel)]
    private static void MultiplyBlock(TRows rows, in ActivationBlock x, int firstRow, int endRow, int firstToken, int tokens, float* y, nint yStride)
    {
        float* memory = stackalloc float[RowBlock * ColumnBlock + RowBlock * TokenBlock * LargestRegister + LargestRegister];
        float* panel = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* sums = panel + RowBlock * ColumnBlock;
        int microSums = MicroRows * MicroTokens * TLanes.Count;
        new Span<float>(sums, RowBlock * TokenBlock * TLanes.Count).Clear();

        for (int column = 0; column < rows.Columns; column += ColumnBlock)
        {
            int columns = Math.Min(ColumnBlock, rows.Columns - column);
            int registers = (columns + TLanes.Count - 1) / TLanes.Count;
            for (int row = 0; row < RowBlock; row++)
                Convert(rows, Math.Min(firstRow + row, endRow - 1), column, columns, panel + row * ColumnBlock);
            float* microSum = sums;
            for (int token = 0; token < tokens; token += MicroTokens)
            {
                float* x0 = x.Token(firstToken + token) + column;
                float* x1 = x.Token(firstToken + Math.Min(token + 1, tokens - 1)) + column;
                float* x2 = x.Token(firstToken + Math.Min(token + 2, tokens - 1)) + column;
                for (int row = 0; row < RowBlock; row += MicroRows, microSum += microSums)
                    AddBlock(panel + row * ColumnBlock, registers, x0, x1, x2, microSum);
            }
        }

        for (int token = 0; token < tokens; token++)
            for (int row = 0; row < Math.Min(RowBlock, endRow - firstRow); row++)
            {
                int micro = token / MicroTokens * (RowBlock / MicroRows) + row / MicroRows;
                int register = token % MicroTokens * MicroRows + row % MicroRows;
                y[token * yStride + firstRow + row] = TLanes.Sum(TLanes.Load(sums + micro * microSums + register * TLanes.Count));
            }
    }

    /// <summary>Four rows times three tokens: seven loads feed twelve multiply-adds, whose twelve sums stay in registers.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static void AddBlock(float* panel, int registers, float* x0, float* x1, float* x2, float* sums)
    {
        TFloat s00 = LoadSum(sums, 0), s01 = LoadSum(sums, 1), s02 = LoadSum(sums, 2), s03 = LoadSum(sums, 3);
        TFloat s10 = LoadSum(sums, 4), s11 = LoadSum(sums, 5), s12 = LoadSum(sums, 6), s13 = LoadSum(sums, 7);
        TFloat s20 = LoadSum(sums, 8), s21 = LoadSum(sums, 9), s22 = LoadSum(sums, 10), s23 = LoadSum(sums, 11);
        for (nint column = 0, end = (nint)registers * TLanes.Count; column < end; column += TLanes.Count)
        {
            TFloat value0 = TLanes.Load(x0 + column), value1 = TLanes.Load(x1 + column), value2 = TLanes.Load(x2 + column);
            TFloat w = TLanes.Load(panel + column);
            s00 = TLanes.MultiplyAdd(w, value0, s00);
            s10 = TLanes.MultiplyAdd(w, value1, s10);
            s20 = TLanes.MultiplyAdd(w, value2, s20);
            w = TLanes.Load(panel + ColumnBlock + column);
            s01 = TLanes.MultiplyAdd(w, value0, s01);
            s11 = TLanes.MultiplyAdd(w, value1, s11);
            s21 = TLanes.MultiplyAdd(w, value2, s21);
            w = TLanes.Load(panel + 2 * ColumnBlock + column);
            s02 = TLanes.MultiplyAdd(w, value0, s02);
            s12 = TLanes.MultiplyAdd(w, value1, s12);
            s22 = TLanes.MultiplyAdd(w, value2, s22);
            w = TLanes.Load(panel + 3 * ColumnBlock + column);
            s03 = TLanes.MultiplyAdd(w, value0, s03);
            s13 = TLanes.MultiplyAdd(w, value1, s13);
            s23 = TLanes.MultiplyAdd(w, value2, s23);
        }
        StoreSums(sums, 0, s00, s01, s02, s03);
        StoreSums(sums, 4, s10, s11, s12, s13);
        StoreSums(sums, 8, s20, s21, s22, s23);
    }

    /// <summary>Writes one row of the panel as numbers; lanes beyond the last column become zero.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static void Convert(TRows rows, int row, int firstColumn, int columns, float* panel)
    {
        byte* weights = rows.Row(row);
        TFloat scale = TLanes.Zero;
        int column = 0;
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            TFloat value = TRows.Load<TLanes, TFloat, TInt>(weights, firstColumn + column);
            if (TRows.HasScales)
            {
                if (column % IRows.ScaleGroup == 0)
                    scale = TLanes.Broadcast(rows.Scale(row, (firstColumn + column) / IRows.ScaleGroup));
                value = TLanes.Multiply(value, scale);
            }
            TLanes.Store(value, panel + column);
        }
        if (column < columns)
            TLanes.Store(TRows.LoadPart<TLanes, TFloat, TInt>(weights, firstColumn + column, columns - column), panel + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat LoadSum(float* sums, int index) => TLanes.Load(sums + index * TLanes.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSums(float* sums, int index, TFloat a, TFloat b, TFloat c, TFloat d)
    {
        TLanes.Store(a, sums + index * TLanes.Count);
        TLanes.Store(b, sums + (index + 1) * TLanes.Count);
        TLanes.Store(c, sums + (index + 2) * TLanes.Count);
        TLanes.Store(d, sums + (index + 3) * TLanes.Count);
    }
}
