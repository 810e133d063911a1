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
        TensorSlots slots = TensorSlots.OfItem(words.Cast<int>(), shape);
        default(TCodes).Begin();
        float total = Sum(words, layouts[0], halves, sums, scales, latent, 0, slots, shape, shared);
        if (slots.HasResult(shape))
            y[slots.Result(shape)] = total;
    }

    /// <summary>Multiplies two matrices of equal shape with all slots: y = silu(gate · x) · (up · x). The projections on the second compensator lie behind those on the first.</summary>
    public static void MultiplyGated(
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(TensorProduct.Threads * TensorProduct.Warps);
        TensorSlots slots = TensorSlots.OfItem(gateWords.Cast<int>(), shape);
        default(TCodes).Begin();
        float gate = Sum(gateWords, gateLayouts[0], halves, sums, scales, latent, 0, slots, shape, shared);
        Group.Barrier();
        float up = Sum(upWords, upLayouts[0], halves, sums, scales, latent, (long)shape.Slots * shape.LatentStride, slots, shape, shared);
        if (slots.HasResult(shape))
            y[slots.Result(shape)] = DeviceMath.Silu(gate) * up;
    }

    /// <summary>Multiplies every work item's slots with the matrix of its expert, if that one has these codes.</summary>
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
        TensorSlots slots = new() { InputRows = inputRows, Indirect = shape.Indirect, First = item.First, Count = layout.Bits == default(TCodes).Bits ? item.Count : 0 };
        default(TCodes).Begin();
        float total = Sum(words, layout, halves, sums, scales, latent, 0, slots, shape, shared);
        if (slots.HasResult(shape))
            y[slots.Result(shape)] = total;
    }

    /// <summary><see cref="MultiplyGated"/> for every work item's slots with the two matrices of its expert, all of which have these codes.</summary>
    public static void MultiplyGatedExperts(
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
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
        TensorSlots slots = new() { InputRows = inputRows, Indirect = shape.Indirect, First = item.First, Count = item.Count };
        default(TCodes).Begin();
        float gate = Sum(gateWords, gateLayouts[item.Expert], halves, sums, scales, latent, 0, slots, shape, shared);
        Group.Barrier();
        float up = Sum(upWords, upLayouts[item.Expert], halves, sums, scales, latent, (long)shape.Slots * shape.LatentStride, slots, shape, shared);
        if (slots.HasResult(shape))
            y[slots.Result(shape)] = DeviceMath.Silu(gate) * up;
    }

    /// <summary>The result of a thread, compensator included: row and slot that <see cref="TensorSlots"/> names. All threads of a group must call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(
        ArrayView<uint> words,
        MatrixLayout w,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        long firstLatent,
        TensorSlots slots,
        TensorProductShape shape,
        ArrayView<float> shared)
    {
        int lane = Group.IdxX & 31, warp = Group.IdxX >> 5, row = lane >> 2, part = lane & 3;
        ArrayView<Word4> inputs = halves.Cast<Word4>();
        // Tokens that do not exist read those of the first one, and are not written.
        int source = slots.InputRow(row);
        long sums0 = (long)slots.InputRow(2 * part) * shape.Steps, sums1 = (long)slots.InputRow((2 * part) + 1) * shape.Steps;
        long tile = ((long)w.Weights * 16) + ((long)Grid.IdxY * w.GroupCount * w.BlockWords);
        int stepShift = w.GroupShift - 6, stepMask = (1 << stepShift) - 1, steps = slots.Count > 0 ? shape.Steps : 0;
        TensorRegisters.Clear();
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
        float total = 0;
        for (int index = 0; index < TensorProduct.Warps; index++)
            total += shared[(index * TensorProduct.Threads) + Group.IdxX];
        if (!slots.HasResult(shape))
            return 0;
        total *= scales[slots.InputRow(TensorSlots.Token)];
        int groups = FactorWords.GroupCount(shape.Rows);
        for (int rank = 0; rank < w.Rank; rank++)
            total += FactorWords.Value(words, (long)w.OutputFactor * 16, w.OutputFactorBits, w.Rank, groups, rank, TensorSlots.Row)
                * latent[firstLatent + ((long)(slots.First + TensorSlots.Token) * shape.LatentStride) + rank];
        return total;
    }
}
