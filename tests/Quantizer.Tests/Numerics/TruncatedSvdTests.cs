using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class TruncatedSvdTests
{
    [TestMethod]
    public void Approximate_KnownSpectrum_FindsLeadingTriplets()
    {
        double[] singular = [.. Enumerable.Range(0, 30).Select(i => 10 * Math.Pow(0.7, i))];
        using FloatMatrix matrix = WithSpectrum(60, 45, singular);
        using LowRankFactors factors = new(60, 45, 5);
        using TruncatedSvd svd = new(60, 45, 5, 1);
        double energy = svd.Approximate(matrix, factors);
        Assert.AreEqual(singular.Take(5).Sum(s => s * s), energy, 1e-3);
        for (int i = 0; i < 5; i++)
        {
            // Both factors carry the square root of the singular value.
            Assert.AreEqual(singular[i], Enumerable.Range(0, 45).Sum(k => Math.Pow(factors.Input[i, k], 2)), 1e-3);
            Assert.AreEqual(singular[i], Enumerable.Range(0, 60).Sum(n => Math.Pow(factors.Output[n, i], 2)), 1e-3);
        }

        MatrixProduct.Subtract(factors.Output, factors.Input, matrix);
        Assert.AreEqual(Math.Sqrt(singular.Skip(5).Sum(s => s * s)), Math.Sqrt(DoubleSums.SquaredNorm(matrix)), 1e-3);
    }

    [TestMethod]
    public void Approximate_FlatSpectrum_WarmStartsConvergeTowardsTheOptimum()
    {
        using FloatMatrix matrix = RandomMatrix.Normal(96, 64, 3);
        using SymmetricEigen exact = new(64);
        for (int i = 0; i < 64; i++)
            for (int j = 0; j < 64; j++)
                exact.Element(i, j) = Enumerable.Range(0, 96).Sum(n => (double)matrix[n, i] * matrix[n, j]);
        exact.Decompose();
        double optimum = Enumerable.Range(0, 8).Sum(exact.Value);
        using LowRankFactors factors = new(96, 64, 8);
        using TruncatedSvd svd = new(96, 64, 8, 1);
        double first = svd.Approximate(matrix, factors), last = first;
        for (int i = 0; i < 15; i++)
            last = svd.Approximate(matrix, factors);
        Assert.IsGreaterThan(0.9 * optimum, first);
        Assert.IsGreaterThan(0.999 * optimum, last);
        Assert.IsLessThan(1.00001 * optimum, last);
    }

    [TestMethod]
    public void Approximate_ZeroMatrix_GivesZeroFactors()
    {
        using FloatMatrix matrix = new(20, 30);
        using LowRankFactors factors = new(20, 30, 4);
        using TruncatedSvd svd = new(20, 30, 4, 1);
        Assert.AreEqual(0, svd.Approximate(matrix, factors));
        Assert.AreEqual(0, DoubleSums.SquaredNorm(factors.Output) + DoubleSums.SquaredNorm(factors.Input));
    }

    [TestMethod]
    public void Approximate_FullRank_ReproducesTheMatrix()
    {
        using FloatMatrix matrix = RandomMatrix.Normal(12, 7, 9);
        using LowRankFactors factors = new(12, 7, 7);
        using TruncatedSvd svd = new(12, 7, 7, 1);
        svd.Approximate(matrix, factors);
        MatrixProduct.Subtract(factors.Output, factors.Input, matrix);
        Assert.AreEqual(0, Math.Sqrt(DoubleSums.SquaredNorm(matrix)), 1e-4);
    }

    private static FloatMatrix WithSpectrum(int rows, int columns, double[] singular)
    {
        using FloatMatrix u = RandomMatrix.Normal(rows, singular.Length, 11), v = RandomMatrix.Normal(columns, singular.Length, 12);
        Orthonormalizer.Orthonormalize(u);
        Orthonormalizer.Orthonormalize(v);
        FloatMatrix matrix = new(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = (float)Enumerable.Range(0, singular.Length).Sum(r => u[i, r] * singular[r] * v[j, r]);
        return matrix;
    }
}
