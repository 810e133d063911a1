using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>
/// What the tensor core kernels compute, on any device: codes times inputs in half precision, summed up in single precision over 64 columns, then scaled. A thread per row (x) of a tile (grid y) and slot (grid z) of
/// an item (grid x).
/// </summary>
internal static class RoundedProductKernel
{
    public static void Multiply(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        RoundedInputs x,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape,
        RoundedLaunch launch)
    {
        int row = (Grid.IdxY * 16) + Group.IdxX, token = Grid.IdxZ, first = Grid.IdxX * TensorProduct.Tokens, rest = shape.Slots - first;
        ExpertItem item = launch.Grouped != 0 ? items[Grid.IdxX] : new ExpertItem { First = first, Count = rest < TensorProduct.Tokens ? rest : TensorProduct.Tokens };
        MatrixLayout layout = layouts[item.Expert];
        if (row >= shape.Rows || token >= item.Count || layout.Bits != launch.Bits)
            return;
        int slot = item.First + token, source = shape.Indirect != 0 ? inputRows[slot] : slot;
        float result = Sum(words, layout, x, source, row, slot, latent, 0, shape);
        if (launch.Gated != 0)
            result = result / (1 + DeviceMath.Exp(-result)) * Sum(upWords, upLayouts[item.Expert], x, source, row, slot, latent, (long)shape.Slots * shape.LatentStride, shape);
        y[((long)slot * shape.Rows) + row] = result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(ArrayView<uint> words, MatrixLayout w, RoundedInputs x, int source, int row, int slot, ArrayView<float> latent, long firstLatent, TensorProductShape shape)
    {
        int rowOfTile = row & 15, stepShift = w.GroupShift - 6;
        float total = 0, centre = w.Bits == 3 ? 4 : 8;
        for (int step = 0; step < shape.Steps; step++)
        {
            long block = ((long)w.Weights * 16) + ((((long)(row >> 4) * w.GroupCount) + (step >> stepShift)) * w.BlockWords);
            long columns = block + ((step & ((1 << stepShift) - 1)) * 32 * w.Bits), inputs = 32 * (((long)source * shape.Steps) + step);
            float sum = 0;
            for (int column = 0; column < 64; column++)
                sum += (Code(words, columns, w.Bits, rowOfTile, column) - centre) * CodeBits.ToSingle((x.Halves[inputs + (column / 4 * 2) + (column & 1)] >> (column / 2 % 2 * 16)) & 0xFFFF);
            float zero = w.Centre >= 0 ? w.Centre : CodeBits.Half(words, block + w.CodeWords + 8, rowOfTile);
            total += CodeBits.Half(words, block + w.CodeWords, rowOfTile) * (sum + ((centre - zero) * x.Sums[((long)source * shape.Steps) + step]));
        }

        total *= x.Scales[source];
        for (int rank = 0; rank < w.Rank; rank++)
            total += FactorWords.Value(words, (long)w.OutputFactor * 16, w.OutputFactorBits, w.Rank, FactorWords.GroupCount(shape.Rows), rank, row) * latent[firstLatent + ((long)slot * shape.LatentStride) + rank];
        return total;
    }

    /// <summary>Column 4i + j of 16: with 3 bits its low bits stand at 8j + 2i and its high bit at 8j + i, with 4 bits it stands in word i / 2 at 8j + 4 (i mod 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(ArrayView<uint> words, long columns, int bits, int row, int column)
    {
        int part = column >> 4, i = (column >> 2) & 3, j = column & 3;
        if (bits == 4)
            return (words[columns + (part * 32) + (16 * (i >> 1)) + row] >> ((8 * j) + (4 * (i & 1)))) & 15;
        long chunk = columns + ((part >> 1) * 48);
        uint low = words[chunk + (16 * (part & 1)) + row] >> ((8 * j) + (2 * i)), high = words[chunk + 32 + row] >> ((4 * (part & 1)) + (8 * j) + i);
        return (low & 3) | ((high & 1) << 2);
    }
}
