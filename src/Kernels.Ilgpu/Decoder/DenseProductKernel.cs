using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Products of matrices in single precision, routers above all: a thread group per output.</summary>
internal static class DenseProductKernel
{
    /// <summary>y[s, n] = Σ_k w[expert of s, n, k] · x[row of s, k].</summary>
    /// <param name="w">[experts, N, K], or [N, K].</param>
    /// <param name="x">Rows of K numbers.</param>
    /// <param name="tokenOfSlot">The row of each slot, where it is not the slot itself.</param>
    /// <param name="expertOfSlot">The expert of each slot, where there are any.</param>
    /// <param name="y">Receives [slots, N].</param>
    /// <param name="shape">The widths.</param>
    public static void Multiply(ArrayView<float> w, ArrayView<float> x, ArrayView<int> tokenOfSlot, ArrayView<int> expertOfSlot, ArrayView<float> y, DenseProductShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        int row = Grid.IdxX, slot = Grid.IdxY;
        int expert = shape.Grouped != 0 ? expertOfSlot[slot] : 0, input = shape.Indirect != 0 ? tokenOfSlot[slot] : slot;
        long weights = (((long)expert * shape.Rows) + row) * shape.Columns, inputs = (long)input * shape.Columns;
        float sum = 0;
        for (int column = Group.IdxX; column < shape.Columns; column += Group.DimX)
            sum += w[weights + column] * x[inputs + column];
        sum = ReductionTree.Sum(shared, sum);
        if (Group.IdxX == 0)
            y[((long)slot * shape.Rows) + row] = sum;
    }
}
