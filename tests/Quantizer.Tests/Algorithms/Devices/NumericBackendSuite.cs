using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

/// <summary>What every device must do: each linear operation of the seam against sums in double precision. <see cref="GroupBatchSuite"/> has the quantization.</summary>
public abstract class NumericBackendSuite
{
    private const double SinglePrecision = 2e-6;

    private INumericBackend Backend { get; set; } = ManagedBackend.Instance;

    /// <summary>Opens the device before each test.</summary>
    [TestInitialize]
    public void OpenDevice() => Backend = Open();

    /// <summary>The device under test; ends the test as skipped where it is not there.</summary>
    internal abstract INumericBackend Open();

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(7, 33, 20)]
    [DataRow(40, 300, 65)]
    public void Products_AnyShape_AgreeWithDoubleSums(int rows, int inner, int columns)
    {
        using FloatMatrix a = RandomMatrix.Normal(rows, inner, 1), b = RandomMatrix.Normal(inner, columns, 2), start = RandomMatrix.Normal(rows, columns, 3), sum = Copy(start), difference = Copy(start);
        using FloatMatrix transposed = DoubleOracle.Transpose(a), transposedSum = Copy(start);
        Backend.AddProduct(a, b, sum);
        Backend.SubtractProduct(a, b, difference);
        Backend.AddTransposedProduct(transposed, b, transposedSum);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
            {
                (double product, double size) = DoubleOracle.Product(a, b, i, j);
                double tolerance = SinglePrecision * (size + 1);
                Assert.AreEqual(start[i, j] + product, sum[i, j], tolerance, $"sum ({i}, {j})");
                Assert.AreEqual(start[i, j] - product, difference[i, j], tolerance, $"difference ({i}, {j})");
                Assert.AreEqual(start[i, j] + product, transposedSum[i, j], tolerance, $"transposed ({i}, {j})");
            }
    }

    [TestMethod]
    public void Products_PaddingOfTheResult_StaysZero()
    {
        using FloatMatrix a = RandomMatrix.Normal(5, 9, 1), b = RandomMatrix.Normal(9, 17, 2), c = new(5, 17);
        Backend.AddProduct(a, b, c);
        Assert.AreEqual(0, Padding(c), "Vector loops run over whole vectors.");
    }

    [TestMethod]
    public void Products_ShapesThatDoNotFit_Throw()
    {
        using FloatMatrix a = new(2, 3), b = new(4, 5), c = new(2, 5);
        Assert.ThrowsExactly<ArgumentException>(() => Backend.AddProduct(a, b, c));
        Assert.ThrowsExactly<ArgumentException>(() => Backend.SubtractProduct(a, b, c));
        Assert.ThrowsExactly<ArgumentException>(() => Backend.AddTransposedProduct(b, a, c));
    }

    [TestMethod]
    [DataRow(600, 40, 0, 40)]
    [DataRow(17, 100, 64, 36)]
    public void AddGram_SelectedWeightedRows_AddsToWhatIsThere(int tokens, int columns, int first, int width)
    {
        using FloatMatrix rows = RandomMatrix.HeavyTailed(tokens, columns, 3, 1);
        int[] selected = [.. Enumerable.Range(0, tokens + 5).Select(t => t * 7 % tokens)];
        float[] weights = [.. selected.Select(t => t % 3 * 0.5f)];
        using DoubleMatrix gram = new(width, width);
        Backend.AddGram(rows, [], [], first, gram);
        Backend.AddGram(rows, selected, weights, first, gram);
        for (int i = 0; i < width; i++)
            for (int j = i; j < width; j++)
            {
                double expected = 0, size = 0;
                for (int t = 0; t < tokens; t++)
                {
                    double weight = 1 + selected.Index().Where(pair => pair.Item == t).Sum(pair => (double)weights[pair.Index]);
                    double term = weight * rows[t, first + i] * rows[t, first + j];
                    (expected, size) = (expected + term, size + Math.Abs(term));
                }

                Assert.AreEqual(expected, gram[i, j], 1e-5 * size, $"({i}, {j})");
            }

        Assert.Throws<ArgumentException>(() => Backend.AddGram(rows, [], [1], first, gram));
        Assert.Throws<ArgumentException>(() => Backend.AddGram(rows, [], [], columns, gram));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(65)]
    [DataRow(131)]
    public void TryFactor_PositiveDefinite_ProductOfFactorsIsTheMatrix(int size)
    {
        using FloatMatrix rows = RandomMatrix.Normal(size + 5, size, size);
        using DoubleMatrix factor = new(size, size), matrix = new(size, size);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
            {
                for (int t = 0; t < rows.Rows; t++)
                    matrix[i, j] += (double)rows[t, i] * rows[t, j];
                matrix[i, j] += i == j ? 0.1 : 0;
                factor[i, j] = j <= i ? matrix[i, j] : double.NaN;
            }

        Assert.IsTrue(Backend.TryFactor(factor));
        for (int i = 0; i < size; i++)
            for (int j = 0; j <= i; j++)
                Assert.AreEqual(matrix[i, j], Enumerable.Range(0, j + 1).Sum(k => factor[i, k] * factor[j, k]), 1e-9 * size, $"({i}, {j})");
    }

    [TestMethod]
    [DataRow(3, 2, -1e-3)]
    [DataRow(100, 70, 0.0)]
    [DataRow(100, 99, double.NaN)]
    [DataRow(100, 4, double.PositiveInfinity)]
    public void TryFactor_BadPivot_IsRefused(int size, int at, double value)
    {
        using DoubleMatrix factor = new(size, size);
        for (int i = 0; i < size; i++)
            factor[i, i] = i == at ? value : 1;
        Assert.IsFalse(Backend.TryFactor(factor));
    }

    [TestMethod]
    [DataRow(20, 150, 64)]
    [DataRow(3, 40, 32)]
    public void SolveCovariance_ProductWithTheCovariance_IsTheRightSide(int rows, int columns, int groupSize)
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(400, columns, 1), right = RandomMatrix.Normal(rows, columns, 2), solution = Copy(right);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        CovarianceFactor factor = covariance.Factor(0, groupSize, ManagedBackend.Instance);
        Backend.SolveCovariance(solution, factor);
        double error = 0, norm = 0;
        for (int row = 0; row < rows; row++)
            for (int j = 0; j < columns; j++)
            {
                double product = solution[row, j] * factor.Damping / factor.InverseMean;
                for (int k = 0; k < columns; k++)
                    product += (double)solution[row, k] * covariance.Matrix[k, j];
                (error, norm) = (error + Math.Pow(product - right[row, j], 2), norm + Math.Pow(right[row, j], 2));
            }

        Assert.IsLessThan(1e-4, Math.Sqrt(error / norm));
    }

    [TestMethod]
    public void CreateApproximator_KnownSpectrum_FindsLeadingTriplets()
    {
        double[] singular = [.. Enumerable.Range(0, 30).Select(i => 10 * Math.Pow(0.7, i))];
        using FloatMatrix matrix = DoubleOracle.WithSpectrum(60, 45, singular);
        using LowRankFactors factors = new(60, 45, 5);
        using ILowRankApproximator approximator = Backend.CreateApproximator(60, 45, 5, 1);
        Assert.AreEqual(singular.Take(5).Sum(s => s * s), approximator.Approximate(matrix, factors), 1e-3);
        for (int i = 0; i < 5; i++)
        {
            Assert.AreEqual(singular[i], Enumerable.Range(0, 45).Sum(k => Math.Pow(factors.Input[i, k], 2)), 1e-3, "Both factors carry the square root of the singular value.");
            Assert.AreEqual(singular[i], Enumerable.Range(0, 60).Sum(n => Math.Pow(factors.Output[n, i], 2)), 1e-3);
        }

        Backend.SubtractProduct(factors.Output, factors.Input, matrix);
        Assert.AreEqual(Math.Sqrt(singular.Skip(5).Sum(s => s * s)), Math.Sqrt(DoubleSums.SquaredNorm(matrix)), 1e-3);
    }

    [TestMethod]
    public void CreateApproximator_FlatSpectrum_WarmStartsConvergeTowardsTheOptimum()
    {
        using FloatMatrix matrix = RandomMatrix.Normal(96, 64, 3);
        double optimum = DoubleOracle.SquaredSingularValues(matrix).Take(8).Sum();
        using LowRankFactors factors = new(96, 64, 8);
        using ILowRankApproximator approximator = Backend.CreateApproximator(96, 64, 8, 1);
        double first = approximator.Approximate(matrix, factors), last = first;
        for (int i = 0; i < 15; i++)
            last = approximator.Approximate(matrix, factors);
        Assert.IsGreaterThan(0.9 * optimum, first);
        Assert.IsGreaterThan(0.999 * optimum, last);
        Assert.IsLessThan(1.00001 * optimum, last);
    }

    [TestMethod]
    public void CreateApproximator_ZeroAndFullRank_GiveZeroAndTheMatrix()
    {
        using FloatMatrix zero = new(20, 30), matrix = RandomMatrix.Normal(12, 7, 9);
        using LowRankFactors none = new(20, 30, 4), all = new(12, 7, 7);
        using ILowRankApproximator first = Backend.CreateApproximator(20, 30, 4, 1), second = Backend.CreateApproximator(12, 7, 7, 1);
        Assert.AreEqual(0, first.Approximate(zero, none));
        Assert.AreEqual(0, DoubleSums.SquaredNorm(none.Output) + DoubleSums.SquaredNorm(none.Input));
        second.Approximate(matrix, all);
        Backend.SubtractProduct(all.Output, all.Input, matrix);
        Assert.AreEqual(0, Math.Sqrt(DoubleSums.SquaredNorm(matrix)), 1e-4);
    }

    private static FloatMatrix Copy(FloatMatrix source)
    {
        FloatMatrix copy = new(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }

    private static unsafe double Padding(FloatMatrix matrix) =>
        Enumerable.Range(0, matrix.Rows).Sum(row => new ReadOnlySpan<float>(matrix.RowPointer(row) + matrix.Columns, matrix.Stride - matrix.Columns).ToArray().Sum(value => (double)Math.Abs(value)));
}
