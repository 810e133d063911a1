using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>The factorisation H + λI = R·Rᵀ of one block, R upper triangular, columns in the order in which they are quantized.</summary>
/// <remarks>
/// With D = W − Ŵ, tr(D H Dᵀ) = ‖D R‖² = Σ_j d_j ‖W_j + Σ_{i&lt;j} D_i R̂_ij − Ŵ_j‖² with d_j = R_jj² and R̂_ij = R_ij / R_jj: quantizing column after column, each towards its weight plus what the
/// columns before it ask for, is GPTQ (arXiv 2210.17323) in the form of LDLQ (QuIP, arXiv 2307.13304), without inverting H. d_j is the variance of input j that the inputs after it do not explain.
/// λ is 1 % of the mean diagonal, as in GPTQ, and larger where that does not suffice.
/// </remarks>
internal sealed unsafe class CovarianceFactor : IDisposable
{
    /// <summary>λ in parts of the mean of H's diagonal.</summary>
    public const double Damping = 0.01;

    private const double LargestDamping = 1e4;

    private CovarianceFactor(int firstColumn, ColumnOrder order)
    {
        FirstColumn = firstColumn;
        Order = order;
        Feedback = new(order.Columns.Length, order.Columns.Length);
        Weights = new float[order.Columns.Length];
    }

    /// <summary>The first column of the block in W.</summary>
    public int FirstColumn { get; }

    /// <summary>Which column is quantized when.</summary>
    public ColumnOrder Order { get; }

    /// <summary>R̂ [K, K], strictly upper triangular, zero elsewhere; rows and columns in quantization order.</summary>
    public FloatMatrix Feedback { get; }

    /// <summary>d_j in quantization order, positive.</summary>
    public float[] Weights { get; }

    /// <summary>Factorises one block of H. A covariance that is zero or not finite is taken for that of independent inputs of equal size: every weight counts the same.</summary>
    public static CovarianceFactor Create(InputCovariance covariance, int block, int groupSize, INumericBackend backend)
    {
        (int first, int width) = covariance.Range(block);
        CovarianceFactor factor = new(first, ColumnOrder.Create(covariance, block, groupSize));
        double mean = 0;
        for (int j = 0; j < width; j++)
            mean += covariance.Diagonal(first + j) / width;
        for (double damping = Damping; mean > 0 && double.IsFinite(mean) && damping <= LargestDamping; damping *= 10)
        {
            using DoubleMatrix reversed = factor.Reverse(covariance, damping * mean);
            if (!backend.TryFactor(reversed))
                continue;
            factor.TakeOver(reversed);
            return factor;
        }

        factor.Weights.AsSpan().Fill(1);
        return factor;
    }

    public void Dispose() => Feedback.Dispose();

    /// <summary>H + λI with rows and columns in reverse order: the reverse of its lower factor is the upper one.</summary>
    private DoubleMatrix Reverse(InputCovariance covariance, double lambda)
    {
        int size = Weights.Length;
        DoubleMatrix reversed = new(size, size);
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<float> source = covariance.Matrix.Row(FirstColumn + Order.Columns[size - 1 - i]);
            Span<double> target = reversed.Row(i);
            for (int j = 0; j <= i; j++)
                target[j] = source[Order.Columns[size - 1 - j]];
            target[i] += lambda;
        }

        return reversed;
    }

    private void TakeOver(DoubleMatrix reversed)
    {
        int size = Weights.Length;
        double[] inverse = new double[size];
        for (int j = 0; j < size; j++)
        {
            double pivot = reversed[size - 1 - j, size - 1 - j];
            Weights[j] = (float)(pivot * pivot);
            inverse[j] = 1 / pivot;
        }

        for (int i = 0; i < size; i++)
        {
            // R is L with both indices reversed and transposed by that: R[i, j] = L[size − 1 − i, size − 1 − j], nonzero for j ≥ i.
            Span<float> target = Feedback.Row(i);
            for (int j = i + 1; j < size; j++)
                target[j] = (float)(reversed[size - 1 - i, size - 1 - j] * inverse[j]);
        }
    }
}
