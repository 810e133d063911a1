using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>What a layer's inputs look like on average: H = Σ w x xᵀ / Σ w [K, K]. The mean squared error of the outputs is tr(D H Dᵀ) for a weight error D.</summary>
/// <remarks>For very wide inputs only blocks on the diagonal are kept, because memory grows with K² and time with K³: what lies between blocks counts as zero.</remarks>
internal sealed class InputCovariance : IDisposable
{
    /// <summary>The widest block: 64 MB of floats, and a factorisation of some seconds.</summary>
    public const int LargestBlock = 4096;

    /// <summary>λ where there are very many inputs.</summary>
    private const double LeastDamping = 0.02;

    /// <summary>What λ grows by for each column per input.</summary>
    private const double DampingPerInput = 1;

    /// <summary>Blocks end where groups end, whatever the group size.</summary>
    private const int BlockUnit = 128;

    private readonly Dictionary<(int Block, int GroupSize), CovarianceFactor> _factors = [];
    private readonly Lock _lock = new();

    private InputCovariance(int columns, int blockSize, long tokenCount)
    {
        Columns = columns;
        BlockSize = blockSize;
        TokenCount = tokenCount;
        Matrix = new(columns, Math.Min(blockSize, columns));
    }

    /// <summary>K.</summary>
    public int Columns { get; }

    /// <summary>Columns of a block; K where one block holds all. The last block may be narrower.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks on the diagonal.</summary>
    public int BlockCount => (Columns + BlockSize - 1) / BlockSize;

    /// <summary>Inputs that were averaged.</summary>
    public long TokenCount { get; }

    /// <summary>λ that is added to the diagonal, in parts of its mean.</summary>
    /// <remarks>
    /// GPTQ's 0.01 fits the codes to the noise of few inputs. What is right grows with K over the number of inputs (the effective one, (Σ w)² / Σ w², where they are weighted): see docs/decisions.
    /// </remarks>
    public double Damping { get; private set; } = LeastDamping;

    /// <summary>[K, BlockSize]: element (i, j) is H[i, b + j], b the first column of the block that row i belongs to. Symmetric within a block.</summary>
    public FloatMatrix Matrix { get; }

    /// <summary>C in the form of <see cref="Matrix"/>: how the inputs have moved away from those of the original network; see <see cref="InputDrift"/>. Null if they have not.</summary>
    public FloatMatrix? Drift { get; private set; }

    /// <summary>Averages inputs.</summary>
    /// <param name="rows">X [T, K], finite.</param>
    /// <param name="selected">Rows of X to take; empty for all.</param>
    /// <param name="weights">w per taken row, not negative; empty for 1. Where all are zero, H is zero.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="reference">What the original network would feed the matrix, row by row as in <paramref name="rows"/>; null if it is the same. Sets <see cref="Drift"/>.</param>
    /// <param name="driftStrength">0 to 1: what <see cref="Drift"/> is multiplied by; 0 for none.</param>
    /// <param name="damping"><see cref="Damping"/>; null for what suits the number of inputs.</param>
    public static InputCovariance From(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, INumericBackend backend, FloatMatrix? reference = null,
        double driftStrength = 1, double? damping = null)
    {
        int columns = rows.Columns, count = selected.IsEmpty ? rows.Rows : selected.Length;
        InputCovariance covariance = new(columns, ChooseBlock(columns), count);
        double total = weights.IsEmpty ? count : 0, squares = total;
        foreach (float weight in weights)
            (total, squares) = (total + weight, squares + (double)weight * weight);
        if (damping is not null)
            covariance.Damping = damping.Value;
        else if (squares > 0)
            covariance.Damping = LeastDamping + columns / (total * total / squares) * DampingPerInput;
        if (reference is not null && driftStrength > 0 && total > 0)
            covariance.Drift = new(columns, covariance.Matrix.Columns);
        for (int block = 0; block < covariance.BlockCount && total > 0; block++)
        {
            (int first, int width) = covariance.Range(block);
            using DoubleMatrix gram = new(width, width);
            backend.AddGram(rows, selected, weights, first, gram);
            for (int i = 0; i < width; i++)
                for (int j = i; j < width; j++)
                    covariance.Matrix[first + i, j] = covariance.Matrix[first + j, i] = (float)(gram[i, j] / total);
            if (covariance.Drift is not null)
                InputDrift.Measure(rows, reference!, selected, weights, covariance.Drift, (first, width), total / driftStrength, backend);
        }

        return covariance;
    }

    /// <summary>The columns of a block.</summary>
    public (int First, int Width) Range(int block) => (block * BlockSize, Math.Min(BlockSize, Columns - block * BlockSize));

    /// <summary>H[i, i].</summary>
    public float Diagonal(int column) => Matrix[column, column % BlockSize];

    /// <summary>tr(E H Eᵀ) of a matrix E [N, K]: the mean squared norm of the outputs that E gives.</summary>
    public double OutputNorm(FloatMatrix matrix, INumericBackend backend)
    {
        if (matrix.Columns != Columns)
            throw new ArgumentException($"A {matrix.Rows} x {matrix.Columns} matrix does not fit inputs of {Columns}.", nameof(matrix));
        return CovarianceNorm.Measure(this, matrix, backend);
    }

    /// <summary>The factorisation that error feedback walks along; made when first asked for, then kept.</summary>
    public CovarianceFactor Factor(int block, int groupSize, INumericBackend backend)
    {
        lock (_lock)
        {
            if (!_factors.TryGetValue((block, groupSize), out CovarianceFactor? factor))
                _factors.Add((block, groupSize), factor = CovarianceFactor.Create(this, block, groupSize, backend));
            return factor;
        }
    }

    /// <summary>The factorisations of all blocks; see <see cref="Factor"/>.</summary>
    public CovarianceFactor[] Factors(int groupSize, INumericBackend backend) => [.. Enumerable.Range(0, BlockCount).Select(block => Factor(block, groupSize, backend))];

    public void Dispose()
    {
        Matrix.Dispose();
        Drift?.Dispose();
        foreach (CovarianceFactor factor in _factors.Values)
            factor.Dispose();
        _factors.Clear();
    }

    /// <summary>Equal blocks of at most <see cref="LargestBlock"/>.</summary>
    private static int ChooseBlock(int columns)
    {
        int blocks = (columns + LargestBlock - 1) / LargestBlock;
        return blocks <= 1 ? Math.Max(columns, 1) : ((columns + blocks - 1) / blocks + BlockUnit - 1) / BlockUnit * BlockUnit;
    }
}
