using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Rows of a matrix, looked up, a thread per number.</summary>
internal static class TableKernels
{
    /// <summary>Rows of a packed matrix, compensator included.</summary>
    /// <param name="words">The memory of the matrix.</param>
    /// <param name="layouts">Its layout.</param>
    /// <param name="tokens">The rows to look up; not read when there is one.</param>
    /// <param name="single">The row to look up when there is one, else −1.</param>
    /// <param name="output">Receives [tokens, columns].</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static void LookUpPacked(ArrayView<uint> words, ArrayView<MatrixLayout> layouts, ArrayView<int> tokens, int single, ArrayView<float> output, int rows, int columns)
    {
        int column = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (column >= columns)
            return;
        int row = single >= 0 ? single : tokens[Grid.IdxY];
        MatrixLayout layout = layouts[0];
        output[((long)Grid.IdxY * columns) + column] = Weight(words, layout, row, column) + Compensation(words, layout, row, column, rows, columns);
    }

    /// <summary>Rows of a matrix in single precision.</summary>
    /// <param name="table">The matrix.</param>
    /// <param name="tokens">The rows to look up; not read when there is one.</param>
    /// <param name="single">The row to look up when there is one, else −1.</param>
    /// <param name="output">Receives [tokens, columns].</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static void LookUpDense(ArrayView<float> table, ArrayView<int> tokens, int single, ArrayView<float> output, int columns)
    {
        int column = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (column >= columns)
            return;
        int row = single >= 0 ? single : tokens[Grid.IdxY];
        output[((long)Grid.IdxY * columns) + column] = table[((long)row * columns) + column];
    }

    // docs/format.md section 5: byte 4r + j of a vector of 64 bytes belongs to row r of the tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Weight(ArrayView<uint> words, MatrixLayout layout, int row, int column)
    {
        int tileRow = row & 15, group = column >> layout.GroupShift, within = column & ((1 << layout.GroupShift) - 1);
        long block = ((long)layout.Weights * (MatrixLayout.UnitBytes / 4)) + ((((long)(row >> 4) * layout.GroupCount) + group) * layout.BlockWords);
        uint code = layout.Bits == 3 ? Code3(words, block, tileRow, within) : layout.Bits == 4 ? Code4(words, block, tileRow, within) : Code8(words, block, tileRow, within);
        float scale = CodeBits.Half(words, block + layout.CodeWords, tileRow);
        float zero = layout.Centre >= 0 ? layout.Centre : CodeBits.Half(words, block + layout.CodeWords + 8, tileRow);
        return ((int)code - zero) * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Code3(ArrayView<uint> words, long block, int row, int column)
    {
        // 32 columns are three vectors: two of low bits, one of high bits.
        long start = block + ((column >> 5) * 48) + row;
        int j = CodeBits.ByteShift(column);
        uint low = words[start + (((column >> 4) & 1) << 4)] >> (j + (((column & 15) >> 2) << 1));
        uint high = words[start + 32] >> (j + ((column & 31) >> 2));
        return (low & 3) | ((high & 1) << 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Code4(ArrayView<uint> words, long block, int row, int column) =>
        (words[block + ((column >> 3) << 4) + row] >> (CodeBits.ByteShift(column) + (((column >> 2) & 1) << 2))) & 15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Code8(ArrayView<uint> words, long block, int row, int column) =>
        (words[block + ((column >> 2) << 4) + row] >> CodeBits.ByteShift(column)) & 255;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Compensation(ArrayView<uint> words, MatrixLayout layout, int row, int column, int rows, int columns)
    {
        long input = (long)layout.InputFactor * (MatrixLayout.UnitBytes / 4), output = (long)layout.OutputFactor * (MatrixLayout.UnitBytes / 4);
        float sum = 0;
        for (int rank = 0; rank < layout.Rank; rank++)
        {
            sum += FactorWords.Value(words, output, layout.OutputFactorBits, layout.Rank, FactorWords.GroupCount(rows), rank, row)
                * FactorWords.Value(words, input, layout.InputFactorBits, layout.Rank, FactorWords.GroupCount(columns), rank, column);
        }
        return sum;
    }
}
