using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>W ← W + W·C·(H + λI)⁻¹; see <see cref="InputDrift"/>.</summary>
internal static class DriftCorrection
{
    /// <summary>Rows of W at a time.</summary>
    private const int ChunkRows = 256;

    /// <summary>Corrects the columns of one block. 2·N·K² multiply-adds.</summary>
    /// <param name="weights">W [N, K].</param>
    /// <param name="drift">C, as <see cref="InputCovariance.Drift"/>.</param>
    /// <param name="factor">The factorisation of H + λI; its scale is the mean of H's diagonal.</param>
    /// <param name="backend">The arithmetic.</param>
    public static void Apply(FloatMatrix weights, FloatMatrix drift, CovarianceFactor factor, INumericBackend backend)
    {
        int width = factor.Order.Columns.Length;
        using FloatMatrix block = new(width, width);
        for (int i = 0; i < width; i++)
            drift.Row(factor.FirstColumn + i)[..width].CopyTo(block.Row(i));
        for (int first = 0; first < weights.Rows; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, weights.Rows - first);
            using FloatMatrix part = new(rows, width), moved = new(rows, width);
            for (int i = 0; i < rows; i++)
                weights.Row(first + i).Slice(factor.FirstColumn, width).CopyTo(part.Row(i));
            backend.AddProduct(part, block, moved);
            backend.SolveCovariance(moved, factor);
            for (int i = 0; i < rows; i++)
            {
                Span<float> target = weights.Row(first + i).Slice(factor.FirstColumn, width);
                ReadOnlySpan<float> change = moved.Row(i);
                for (int k = 0; k < width; k++)
                    target[k] += change[k];
            }
        }
    }
}
