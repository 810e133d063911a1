using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Products on tensor cores: a thread group of four warps for every work item of up to eight slots (x) and every tile of 16 rows (y). For CUDA from sm_80 on.</summary>
/// <typeparam name="TCodes">The codes.</typeparam>
internal static class TensorProductKernels<TCodes>
    where TCodes : struct, ITensorCodes
{
    /// <summary>Multiplies one matrix with all slots.</summary>
    public static void Multiply(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(TensorProduct.Threads * TensorProduct.Warps);
        int first = Grid.IdxX * TensorProduct.Tokens, rest = shape.Slots - first;
        Run(words, layouts[0], halves, sums, scales, words.Cast<int>(), latent, y, shape, first, rest < TensorProduct.Tokens ? rest : TensorProduct.Tokens, shared);
    }

    /// <summary>Multiplies every work item's slots with the matrix of its expert.</summary>
    public static void MultiplyExperts(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(TensorProduct.Threads * TensorProduct.Warps);
        ExpertItem item = items[Grid.IdxX];
        MatrixLayout layout = layouts[item.Expert];
        Run(words, layout, halves, sums, scales, inputRows, latent, y, shape, item.First, layout.Bits == default(TCodes).Bits ? item.Count : 0, shared);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(
        ArrayView<uint> words,
        MatrixLayout w,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<int> inputRows,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape,
        int first,
        int count,
        ArrayView<float> shared)
    {
        int lane = Group.IdxX & 31, warp = Group.IdxX >> 5, row = lane >> 2, part = lane & 3;
        ArrayView<Word4> inputs = halves.Cast<Word4>();
        // Tokens that do not exist read those of the first one, and are not written.
        int source = InputRow(inputRows, shape, first, count, row);
        long sums0 = (long)InputRow(inputRows, shape, first, count, 2 * part) * shape.Steps, sums1 = (long)InputRow(inputRows, shape, first, count, (2 * part) + 1) * shape.Steps;
        long tile = ((long)w.Weights * 16) + ((long)Grid.IdxY * w.GroupCount * w.BlockWords);
        int stepShift = w.GroupShift - 6, stepMask = (1 << stepShift) - 1, steps = count > 0 ? shape.Steps : 0;
        default(TCodes).Begin();
        for (int step = warp; step < steps; step += TensorProduct.Warps)
        {
            long block = tile + ((long)(step >> stepShift) * w.BlockWords), quad = (((long)source * shape.Steps) + step) * 8;
            default(TCodes).Multiply(words, block + ((step & stepMask) * 32 * default(TCodes).Bits), row, part, inputs[quad + (2 * part)], inputs[quad + (2 * part) + 1]);
            float scale0 = CodeBits.Half(words, block + w.CodeWords, row), scale1 = CodeBits.Half(words, block + w.CodeWords, row + 8);
            float zero0 = w.Centre >= 0 ? w.Centre : CodeBits.Half(words, block + w.CodeWords + 8, row);
            float zero1 = w.Centre >= 0 ? w.Centre : CodeBits.Half(words, block + w.CodeWords + 8, row + 8);
            TensorRegisters.AddScaled(scale0, scale1, default(TCodes).Centre - zero0, default(TCodes).Centre - zero1, sums[sums0 + step], sums[sums1 + step]);
        }

        Float4 sum = TensorRegisters.Read();
        int place = (warp * TensorProduct.Threads) + (part * 32) + row;
        shared[place] = sum.X;
        shared[place + 16] = sum.Y;
        shared[place + 8] = sum.Z;
        shared[place + 24] = sum.W;
        Group.Barrier();
        int outputRow = Group.IdxX & 15, token = Group.IdxX >> 4, output = (Grid.IdxY * 16) + outputRow;
        if (output >= shape.Rows || token >= count)
            return;
        float total = 0;
        for (int index = 0; index < TensorProduct.Warps; index++)
            total += shared[(index * TensorProduct.Threads) + Group.IdxX];
        total *= scales[InputRow(inputRows, shape, first, count, token)];
        int groups = FactorWords.GroupCount(shape.Rows);
        for (int rank = 0; rank < w.Rank; rank++)
            total += FactorWords.Value(words, (long)w.OutputFactor * 16, w.OutputFactorBits, w.Rank, groups, rank, output) * latent[((long)(first + token) * shape.LatentStride) + rank];
        y[((long)(first + token) * shape.Rows) + output] = total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InputRow(ArrayView<int> inputRows, TensorProductShape shape, int first, int count, int token)
    {
        int slot = token < count ? first + token : first;
        return shape.Indirect != 0 ? inputRows[slot] : slot;
    }
}
