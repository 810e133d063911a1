using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Root-mean-square normalisation, a thread group per row.</summary>
internal static class RmsNormKernel
{
    /// <summary>y = x / √(mean(x²) + ε) · w.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="y">[rows, columns]; may be <paramref name="x"/>.</param>
    /// <param name="columns">Numbers per row.</param>
    /// <param name="epsilon">ε.</param>
    public static void Normalise(ArrayView<float> x, ArrayView<float> weight, ArrayView<float> y, int columns, float epsilon)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        long row = (long)Grid.IdxX * columns;
        float squares = 0;
        for (int column = Group.IdxX; column < columns; column += Group.DimX)
            squares += x[row + column] * x[row + column];
        float scale = 1 / MathF.Sqrt((ReductionTree.Sum(shared, squares) / columns) + epsilon);
        for (int column = Group.IdxX; column < columns; column += Group.DimX)
            y[row + column] = x[row + column] * scale * weight[column];
    }
}
