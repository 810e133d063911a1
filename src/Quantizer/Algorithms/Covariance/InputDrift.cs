using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>C = Σ w (x' − x) xᵀ / Σ w: how far the inputs x of the quantized network have moved away from those of the original, x', as far as x itself tells.</summary>
/// <remarks>
/// The output wanted is W x', the inputs are x: the best weights without any rounding are W + W C (H + λI)⁻¹, and those are what is quantized. One layer then makes up for a part of the error of all
/// before it (compare GPTAQ, arXiv 2504.02692, which corrects column by column).
/// </remarks>
internal static class InputDrift
{
    /// <summary>Rows at a time.</summary>
    private const int ChunkRows = 256;

    /// <summary>C of some columns.</summary>
    /// <param name="rows">X [T, K], what the quantized network feeds the matrix.</param>
    /// <param name="reference">X' [T, K], what the original network feeds it.</param>
    /// <param name="selected">Rows to take; empty for all.</param>
    /// <param name="weights">w per taken row; empty for 1.</param>
    /// <param name="target">[K, block size]; the rows of the block are filled.</param>
    /// <param name="range">The block's columns.</param>
    /// <param name="total">Σ w, positive.</param>
    /// <param name="backend">The arithmetic.</param>
    public static void Measure(FloatMatrix rows, FloatMatrix reference, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, FloatMatrix target, (int First, int Width) range, double total,
        INumericBackend backend)
    {
        if (reference.Rows != rows.Rows || reference.Columns != rows.Columns)
            throw new ArgumentException($"A {reference.Rows} x {reference.Columns} matrix is no reference for {rows.Rows} x {rows.Columns}.", nameof(reference));
        int count = selected.IsEmpty ? rows.Rows : selected.Length;
        using FloatMatrix sum = new(range.Width, range.Width);
        for (int first = 0; first < count; first += ChunkRows)
        {
            int length = Math.Min(ChunkRows, count - first);
            using FloatMatrix moved = new(length, range.Width), inputs = new(length, range.Width);
            for (int t = 0; t < length; t++)
            {
                int row = selected.IsEmpty ? first + t : selected[first + t];
                float weight = (float)((weights.IsEmpty ? 1 : weights[first + t]) / total);
                ReadOnlySpan<float> x = rows.Row(row).Slice(range.First, range.Width), original = reference.Row(row).Slice(range.First, range.Width);
                x.CopyTo(inputs.Row(t));
                Span<float> difference = moved.Row(t);
                for (int k = 0; k < x.Length; k++)
                    difference[k] = (original[k] - x[k]) * weight;
            }

            backend.AddTransposedProduct(moved, inputs, sum);
        }

        for (int i = 0; i < range.Width; i++)
            sum.Row(i).CopyTo(target.Row(range.First + i));
    }
}
