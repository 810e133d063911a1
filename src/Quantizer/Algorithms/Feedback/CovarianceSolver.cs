using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>X ← X·(H + λI)⁻¹ by two triangular solves with the factorisation that error feedback uses, 16 rows at a time with one row per lane.</summary>
/// <remarks>With H + λI = R Rᵀ, R = (R̂ + I)·√d: first z_j = x_j − Σ_{k&gt;j} z_k R̂_jk, last column first; then y_j = z_j / d_j − Σ_{i&lt;j} y_i R̂_ij, first column first.</remarks>
internal static unsafe class CovarianceSolver
{
    private const int Lanes = FloatMatrix.Lanes;
    private const int Step = FeedbackProduct.Step;

    /// <summary>Solves for the rows of a matrix.</summary>
    /// <param name="matrix">[N, width of the block], in the order of W's columns; replaced by the solution.</param>
    /// <param name="factor">The factorisation.</param>
    public static void Solve(FloatMatrix matrix, CovarianceFactor factor)
    {
        int size = factor.Order.Columns.Length, padded = (size + Step - 1) / Step * Step;
        using LaneRows rows = new(matrix.Rows, size);
        using FloatMatrix panel = new(padded, Step);
        rows.Load(matrix, 0, 0, factor.Order.Columns);
        for (int first = (size - 1) / Step * Step; first >= 0; first -= Step)
        {
            int width = Math.Min(Step, size - first);
            for (int i = first; i < size; i++)
                for (int j = 0; j < width; j++)
                    panel[i, j] = -factor.Feedback[first + j, i];
            for (int tile = 0; tile < rows.TileCount; tile++)
                SolveBackward(rows.Tile(tile), first, width, size, panel);
        }

        for (int first = 0; first < size; first += Step)
        {
            int width = Math.Min(Step, size - first);
            for (int i = 0; i < first + width; i++)
                for (int j = 0; j < width; j++)
                    panel[i, j] = -factor.Feedback[i, first + j];
            for (int tile = 0; tile < rows.TileCount; tile++)
                SolveForward(rows.Tile(tile), first, width, panel, factor.Weights);
        }

        rows.Scale((float)factor.InverseMean);
        rows.Store(matrix, 0, 0, factor.Order.Columns);
    }

    private static void SolveBackward(float* row, int first, int width, int size, FloatMatrix panel)
    {
        float* targets = stackalloc float[Step * Lanes];
        new Span<float>(targets, Step * Lanes).Clear();
        new Span<float>(row + (nint)first * Lanes, width * Lanes).CopyTo(new Span<float>(targets, Step * Lanes));
        int done = first + width;
        FeedbackProduct.AddStep(row + (nint)done * Lanes, size - done, panel.Data + (nint)done * panel.Stride, panel.Stride, targets);
        for (int a = width - 1; a >= 0; a--)
        {
            Vector512<float> value = Vector512.Load(targets + a * Lanes);
            value.Store(row + (nint)(first + a) * Lanes);
            for (int b = 0; b < a; b++)
                Vector512.FusedMultiplyAdd(value, Vector512.Create(panel[first + a, b]), Vector512.Load(targets + b * Lanes)).Store(targets + b * Lanes);
        }
    }

    private static void SolveForward(float* row, int first, int width, FloatMatrix panel, float[] weights)
    {
        float* targets = stackalloc float[Step * Lanes];
        new Span<float>(targets, Step * Lanes).Clear();
        for (int a = 0; a < width; a++)
            (Vector512.Load(row + (nint)(first + a) * Lanes) / Vector512.Create(weights[first + a])).Store(targets + a * Lanes);
        FeedbackProduct.AddStep(row, first, panel.Data, panel.Stride, targets);
        for (int a = 0; a < width; a++)
        {
            Vector512<float> value = Vector512.Load(targets + a * Lanes);
            value.Store(row + (nint)(first + a) * Lanes);
            for (int b = a + 1; b < width; b++)
                Vector512.FusedMultiplyAdd(value, Vector512.Create(panel[first + a, b]), Vector512.Load(targets + b * Lanes)).Store(targets + b * Lanes);
        }
    }
}
