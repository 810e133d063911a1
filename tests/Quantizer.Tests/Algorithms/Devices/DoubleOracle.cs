using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

/// <summary>Linear algebra in plain double precision, without any of the product's kernels where it counts.</summary>
internal static class DoubleOracle
{
    /// <summary>Element (i, j) of A·B, and the sum of its terms' magnitudes, which rounding errors are a part of.</summary>
    public static (double Sum, double Size) Product(FloatMatrix a, FloatMatrix b, int i, int j)
    {
        double sum = 0, size = 0;
        for (int k = 0; k < a.Columns; k++)
        {
            double term = (double)a[i, k] * b[k, j];
            (sum, size) = (sum + term, size + Math.Abs(term));
        }

        return (sum, size);
    }

    public static FloatMatrix Transpose(FloatMatrix source)
    {
        FloatMatrix transposed = new(source.Columns, source.Rows);
        for (int i = 0; i < source.Rows; i++)
            for (int j = 0; j < source.Columns; j++)
                transposed[j, i] = source[i, j];
        return transposed;
    }

    /// <summary>A matrix with these singular values and random singular vectors.</summary>
    public static FloatMatrix WithSpectrum(int rows, int columns, double[] singular)
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

    /// <summary>Squared singular values in falling order.</summary>
    public static double[] SquaredSingularValues(FloatMatrix matrix)
    {
        using SymmetricEigen exact = new(matrix.Columns);
        for (int i = 0; i < matrix.Columns; i++)
            for (int j = 0; j < matrix.Columns; j++)
                exact.Element(i, j) = Enumerable.Range(0, matrix.Rows).Sum(n => (double)matrix[n, i] * matrix[n, j]);
        exact.Decompose();
        return [.. Enumerable.Range(0, matrix.Columns).Select(exact.Value)];
    }
}
