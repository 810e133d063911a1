using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>The factorisation H' = R·Rᵀ of one block, R upper triangular, columns in the order in which they are quantized; H' = H / mean + λI with H's mean diagonal.</summary>
/// <remarks>
/// With D = W − Ŵ, tr(D H' Dᵀ) = ‖D R‖² = Σ_j d_j ‖W_j + Σ_{i&lt;j} D_i R̂_ij − Ŵ_j‖² with d_j = R_jj² and R̂_ij = R_ij / R_jj: quantizing column after column, each towards its weight plus what the
/// columns before it ask for, is GPTQ (arXiv 2210.17323) in the form of LDLQ (QuIP, arXiv 2307.13304), without inverting H. d_j is the variance of input j that the inputs after it do not explain.
/// λ is the covariance's damping, and larger where that does not suffice.
/// </remarks>
internal sealed class CovarianceFactor : IDisposable
{
    private const double LargestDamping = 1e4;
    private readonly InputCovariance _covariance;
    private double _damping = 1;

    private CovarianceFactor(InputCovariance covariance, int firstColumn, ColumnOrder order)
    {
        _covariance = covariance;
        FirstColumn = firstColumn;
        Order = order;
        Feedback = new(order.Columns.Length, order.Columns.Length);
        Weights = new float[order.Columns.Length];
        Weights.AsSpan().Fill(1);
    }

    /// <summary>The first column of the block in W.</summary>
    public int FirstColumn { get; }

    /// <summary>Which column is quantized when.</summary>
    public ColumnOrder Order { get; }

    /// <summary>R̂ [K, K], strictly upper triangular, zero elsewhere; rows and columns in quantization order.</summary>
    public FloatMatrix Feedback { get; }

    /// <summary>d_j in quantization order, positive.</summary>
    public float[] Weights { get; }

    /// <summary>1 / mean of H's diagonal; 0 where H was not used.</summary>
    public double InverseMean { get; private set; }

    /// <summary>Factorises one block of H. A covariance that is zero or not finite is taken for that of independent inputs of equal size: every weight counts the same.</summary>
    public static CovarianceFactor Create(InputCovariance covariance, int block, int groupSize, INumericBackend backend)
    {
        (int first, int width) = covariance.Range(block);
        CovarianceFactor factor = new(covariance, first, ColumnOrder.Create(covariance, block, groupSize));
        double mean = 0;
        for (int j = 0; j < width; j++)
            mean += covariance.Diagonal(first + j) / (double)width;
        if (!(mean > 0) || !double.IsFinite(1 / mean) || !double.IsFinite(mean))
            return factor;
        for (double damping = covariance.Damping; damping <= LargestDamping; damping *= 10)
        {
            (factor.InverseMean, factor._damping) = (1 / mean, damping);
            using DoubleMatrix reversed = factor.Reverse();
            if (!backend.TryFactor(reversed))
                continue;
            factor.TakeOver(reversed);
            return factor;
        }

        (factor.InverseMean, factor._damping) = (0, 1);
        return factor;
    }

    /// <summary>λ as used.</summary>
    public double Damping => _damping;

    /// <summary>H'[i, j] for places i and j in the order.</summary>
    public double Element(int i, int j) => _covariance.Matrix[FirstColumn + Order.Columns[i], Order.Columns[j]] * InverseMean + (i == j ? _damping : 0);

    public void Dispose() => Feedback.Dispose();

    /// <summary>H' with rows and columns in reverse order: the reverse of its lower factor is the upper one.</summary>
    private DoubleMatrix Reverse()
    {
        int size = Weights.Length;
        DoubleMatrix reversed = new(size, size);
        for (int i = 0; i < size; i++)
        {
            Span<double> target = reversed.Row(i);
            for (int j = 0; j <= i; j++)
                target[j] = Element(size - 1 - i, size - 1 - j);
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

        // Reversing both indices of L gives R: R[i, j] = L[size − 1 − i, size − 1 − j], which is nonzero for j ≥ i.
        for (int i = 0; i < size; i++)
        {
            Span<float> target = Feedback.Row(i);
            for (int j = i + 1; j < size; j++)
                target[j] = (float)(reversed[size - 1 - i, size - 1 - j] * inverse[j]);
        }
    }
}
