using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Projections on input factors: a thread group for every work item (x), every rank (y) and every one of two matrices (z). Those of the second matrix lie behind those of the first.</summary>
internal static class FactorProjectionKernels<TElement, TReader>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    /// <summary>Projects tokens on one matrix's factor; <see cref="ProductShape.Rows"/> tokens per work item.</summary>
    public static void Project(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<uint> secondWords,
        ArrayView<MatrixLayout> secondLayouts,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        int first = Grid.IdxX * shape.Rows, rest = shape.Slots - first;
        TokenSource<TElement> tokens = new() { Values = x, Columns = shape.Columns, First = first, Count = rest < shape.Rows ? rest : shape.Rows };
        Run(Grid.IdxZ == 0 ? words : secondWords, Grid.IdxZ == 0 ? layouts[0] : secondLayouts[0], tokens, latent, shape, shared);
    }

    /// <summary>Projects every work item's slots on the factor of its expert.</summary>
    public static void ProjectExperts(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<uint> secondWords,
        ArrayView<MatrixLayout> secondLayouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        ExpertItem item = items[Grid.IdxX];
        TokenSource<TElement> tokens = new()
        {
            Values = x,
            Rows = inputRows,
            Indirect = shape.Indirect,
            Columns = shape.Columns,
            First = item.First,
            Count = item.Count,
        };
        Run(Grid.IdxZ == 0 ? words : secondWords, Grid.IdxZ == 0 ? layouts[item.Expert] : secondLayouts[item.Expert], tokens, latent, shape, shared);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(ArrayView<uint> words, MatrixLayout w, TokenSource<TElement> x, ArrayView<float> latent, ProductShape shape, ArrayView<float> shared)
    {
        int rank = Grid.IdxY, count = rank < w.Rank ? x.Count : 0, groups = FactorWords.GroupCount(shape.Columns);
        long factor = (long)w.InputFactor * 16, row = factor + ((long)rank * groups * FactorWords.GroupWords(w.InputFactorBits));
        long first = (((long)Grid.IdxZ * shape.Slots) + x.First) * shape.LatentStride;
        for (int token = 0; token < count; token++)
        {
            float sum = 0;
            if (w.InputFactorBits == 8)
            {
                for (int word = Group.IdxX; word < groups * 16; word += Group.DimX)
                    sum += Dot8(words[row + word], x, token, word * 4) * FactorWords.Scale(words, factor, 8, w.Rank, groups, rank, word >> 4);
            }
            else
            {
                for (int word = Group.IdxX; word < groups * 4; word += Group.DimX)
                    sum += Dot3(words, row, x, token, word) * FactorWords.Scale(words, factor, 3, w.Rank, groups, rank, word >> 2);
            }
            sum = ReductionTree.Sum(shared, sum);
            if (Group.IdxX == 0)
                latent[first + ((long)token * shape.LatentStride) + rank] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot8(uint word, TokenSource<TElement> x, int token, int column)
    {
        float sum = FactorWords.SignedByte(word, 0) * x.Read<TReader>(token, column);
        sum += FactorWords.SignedByte(word, 1) * x.Read<TReader>(token, column + 1);
        sum += FactorWords.SignedByte(word, 2) * x.Read<TReader>(token, column + 2);
        return sum + (FactorWords.SignedByte(word, 3) * x.Read<TReader>(token, column + 3));
    }

    /// <summary>The 16 values whose low bits lie in one of a group's four words of low bits: byte j, field c is index 16c + j, whose high bit is bit (16c + j) / 8 of high byte j mod 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot3(ArrayView<uint> words, long row, TokenSource<TElement> x, int token, int word)
    {
        int group = word >> 2, part = word & 3;
        long start = row + (group * 6L);
        uint low = words[start + part], high = words[start + 4 + (part & 1)] >> (part >> 1);
        int column = (group << FactorWords.GroupShift) + (4 * part);
        float sum = 0;
        for (int field = 0; field < 4; field++)
        {
            for (int j = 0; j < 4; j++)
                sum += FactorWords.Centred3(low >> ((8 * j) + (2 * field)), high >> ((8 * j) + (2 * field))) * x.Read<TReader>(token, column + (16 * field) + j);
        }
        return sum;
    }
}
