namespace MoEQuant.Quantizer.Numerics;

/// <summary>Best rank-r approximations of a sequence of similar matrices by randomised subspace iteration (Halko, Martinsson, Tropp 2011), warm-started from the one before.</summary>
/// <remarks>
/// The subspace is a little wider than the rank and fills whole vectors, so oversampling costs nothing extra. The first call starts from seeded noise and refines it with several
/// power steps; later calls need one step, because the matrix has hardly changed. O(N·K·r) per step. Not safe for concurrent calls.
/// </remarks>
internal sealed unsafe class TruncatedSvd : ILowRankApproximator
{
    /// <summary>Power steps of the first call.</summary>
    public const int FirstSteps = 4;

    private const int Oversampling = 4;
    private readonly FloatMatrix _basis;
    private readonly FloatMatrix _transposedBasis;
    private readonly FloatMatrix _range;
    private readonly FloatMatrix _rotation;
    private readonly FloatMatrix _rotatedBasis;
    private readonly SymmetricEigen _eigen;
    private readonly int _rank;
    private bool _warm;

    public TruncatedSvd(int rows, int columns, int rank, ulong seed)
    {
        _rank = rank;
        int width = BasisWidth(rows, columns, rank);
        _basis = new(width, columns);
        _transposedBasis = new(columns, width);
        _range = new(rows, width);
        _rotation = new(width, width);
        _rotatedBasis = new(width, columns);
        _eigen = new(width);
        FillWithNoise(_basis, seed);
    }

    /// <summary>Directions that are followed for a rank.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rank is larger than a side of the matrix.</exception>
    public static int BasisWidth(int rows, int columns, int rank)
    {
        int width = (rank + Oversampling + FloatMatrix.Lanes - 1) / FloatMatrix.Lanes * FloatMatrix.Lanes;
        width = Math.Min(width, Math.Min(rows, columns));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, width);
        return width;
    }

    /// <summary>Uniform noise in [−1, 1), from which the iteration starts.</summary>
    public static void FillWithNoise(FloatMatrix basis, ulong seed)
    {
        SeededRandom random = new(seed);
        for (int i = 0; i < basis.Rows; i++)
            foreach (ref float value in basis.Row(i))
                value = (int)(random.NextBits() >> 40) * (2f / (1 << 24)) - 1f;
    }

    /// <inheritdoc/>
    public double Approximate(FloatMatrix matrix, LowRankFactors factors)
    {
        for (int step = _warm ? 1 : FirstSteps; step > 0; step--)
            PowerStep(matrix);
        _warm = true;

        int width = _basis.Rows;
        for (int i = 0; i < width; i++)
            for (int j = 0; j <= i; j++)
                _eigen.Element(i, j) = _eigen.Element(j, i) = DoubleSums.Dot(_basis.RowPointer(i), _basis.RowPointer(j), _basis.Stride);
        _eigen.Decompose();
        for (int j = 0; j < width; j++)
        {
            ReadOnlySpan<double> vector = _eigen.Vector(j);
            for (int i = 0; i < width; i++)
                _rotation[i, j] = (float)vector[i];
        }

        _rotatedBasis.Clear();
        MatrixProduct.AddTransposed(_rotation, _basis, _rotatedBasis);
        _basis.CopyFrom(_rotatedBasis);
        return SplitSingularValues(factors);
    }

    public void Dispose()
    {
        _basis.Dispose();
        _transposedBasis.Dispose();
        _range.Dispose();
        _rotation.Dispose();
        _rotatedBasis.Dispose();
        _eigen.Dispose();
    }

    /// <summary>Q ← orth(A·Bᵀ), B ← Qᵀ·A: afterwards Q·B is the best approximation of A within the range of Q.</summary>
    private void PowerStep(FloatMatrix matrix)
    {
        for (int i = 0; i < _basis.Rows; i++)
        {
            float* row = _basis.RowPointer(i);
            float* column = _transposedBasis.Data + i;
            for (int k = 0; k < _basis.Columns; k++)
                column[(nint)k * _transposedBasis.Stride] = row[k];
        }

        _range.Clear();
        MatrixProduct.Add(matrix, _transposedBasis, _range);
        Orthonormalizer.Orthonormalize(_range);
        _basis.Clear();
        MatrixProduct.AddTransposed(_range, matrix, _basis);
    }

    private double SplitSingularValues(LowRankFactors factors)
    {
        double energy = 0;
        for (int j = 0; j < _rank; j++)
        {
            // Rounding can push the eigenvalue of an empty direction below zero; such a direction carries nothing.
            double squared = Math.Max(_eigen.Value(j), 0), root = Math.Sqrt(Math.Sqrt(squared));
            energy += squared;
            float outputScale = (float)root, inputScale = root > 0 ? (float)(1 / root) : 0;
            for (int i = 0; i < _rotation.Rows; i++)
                _rotation[i, j] *= outputScale;
            Span<float> input = factors.Input.Row(j);
            ReadOnlySpan<float> source = _rotatedBasis.Row(j);
            for (int k = 0; k < input.Length; k++)
                input[k] = source[k] * inputScale;
        }

        using FloatMatrix leading = new(_rotation.Rows, _rank);
        for (int i = 0; i < leading.Rows; i++)
            _rotation.Row(i)[.._rank].CopyTo(leading.Row(i));
        factors.Output.Clear();
        MatrixProduct.Add(_range, leading, factors.Output);
        return energy;
    }
}
