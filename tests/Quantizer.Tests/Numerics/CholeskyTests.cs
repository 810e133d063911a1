using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class CholeskyTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(64)]
    [DataRow(65)]
    [DataRow(131)]
    [DataRow(198)]
    public void TryFactor_PositiveDefinite_ProductOfFactorsIsTheMatrix(int size)
    {
        double[,] matrix = PositiveDefinite(size);
        using DoubleMatrix factor = Lower(matrix);
        Assert.IsTrue(Cholesky.TryFactor(factor));
        for (int i = 0; i < size; i++)
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k <= j; k++)
                    sum += factor[i, k] * factor[j, k];
                Assert.AreEqual(matrix[i, j], sum, 1e-9 * size, $"({i}, {j})");
            }
    }

    [TestMethod]
    [DataRow(3, 2, -1e-3)]
    [DataRow(100, 70, 0.0)]
    [DataRow(100, 99, double.NaN)]
    public void TryFactor_BadPivot_IsRefused(int size, int at, double value)
    {
        using DoubleMatrix factor = new(size, size);
        for (int i = 0; i < size; i++)
            factor[i, i] = i == at ? value : 1;
        Assert.IsFalse(Cholesky.TryFactor(factor));
    }

    private static double[,] PositiveDefinite(int size)
    {
        using FloatMatrix rows = RandomMatrix.Normal(size + 5, size, size);
        double[,] matrix = new double[size, size];
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                for (int t = 0; t < rows.Rows; t++)
                    matrix[i, j] += (double)rows[t, i] * rows[t, j] + (i == j && t == 0 ? 0.1 : 0);
        return matrix;
    }

    private static DoubleMatrix Lower(double[,] matrix)
    {
        DoubleMatrix lower = new(matrix.GetLength(0), matrix.GetLength(1));
        for (int i = 0; i < lower.Rows; i++)
            for (int j = 0; j < lower.Columns; j++)
                lower[i, j] = j <= i ? matrix[i, j] : double.NaN;
        return lower;
    }
}
