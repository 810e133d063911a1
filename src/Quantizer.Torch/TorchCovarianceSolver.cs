using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>X ← X·(H + λI)⁻¹ with the factorisation that is there.</summary>
internal static class TorchCovarianceSolver
{
    /// <summary>Solves for the rows of a matrix, in the order of W's columns.</summary>
    /// <remarks>With H' = R Rᵀ, R upper triangular: reversing the order of rows and columns makes it L Lᵀ with a lower L, for which libtorch has a solver.</remarks>
    public static void Solve(FloatMatrix matrix, CovarianceFactor factor, Device device)
    {
        int size = factor.Weights.Length;
        long[] reversed = new long[size], back = new long[size];
        for (int j = 0; j < size; j++)
        {
            reversed[size - 1 - j] = factor.Order.Columns[j];
            back[factor.Order.Columns[j]] = size - 1 - j;
        }

        Tensor right = TensorTransfer.Upload(factor.Feedback, device).Plus(eye(size, device: device));
        Tensor lower = (right * TensorTransfer.Upload(factor.Weights, device).sqrt()).flip(0, 1);
        Tensor ordered = TensorTransfer.Upload(matrix, device).index_select(1, tensor(reversed, device: device));
        Tensor solved = ordered.t().cholesky_solve(lower).t() * TensorTransfer.Upload([(float)factor.InverseMean], device);
        TensorTransfer.Download(solved.index_select(1, tensor(back, device: device)), matrix);
    }
}
