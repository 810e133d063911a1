using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>Sums over rows, kept in double precision in eight lanes that are added in one fixed order: the same bits on every machine.</summary>
internal static unsafe class DoubleSums
{
    private const int Lanes = 8;

    /// <summary>Σ x·y over <paramref name="count"/> floats, which is a multiple of 16.</summary>
    public static double Dot(float* x, float* y, int count)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        for (int i = 0; i < count; i += 2 * Lanes)
        {
            (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.Load(x + i));
            (Vector512<double> y0, Vector512<double> y1) = Vector512.Widen(Vector512.Load(y + i));
            sum += x0 * y0;
            sum += x1 * y1;
        }

        return Total(sum);
    }

    /// <summary>Σ x·y over a row, padding left out.</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>Σ x·y over <paramref name="count"/> doubles, which is a multiple of 8.</summary>
    public static double Dot(double* x, double* y, int count)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        for (int i = 0; i < count; i += Lanes)
            sum += Vector512.Load(x + i) * Vector512.Load(y + i);
        return Total(sum);
    }

    /// <summary>y += factor · x over <paramref name="count"/> doubles, which is a multiple of 8.</summary>
    public static void AddScaled(double factor, double* x, double* y, int count)
    {
        Vector512<double> f = Vector512.Create(factor);
        for (int i = 0; i < count; i += Lanes)
            (Vector512.Load(y + i) + f * Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>Σ x² over the matrix: the square of its Frobenius norm.</summary>
    public static double SquaredNorm(FloatMatrix matrix)
    {
        double sum = 0;
        for (int row = 0; row < matrix.Rows; row++)
            sum += Dot(matrix.RowPointer(row), matrix.RowPointer(row), matrix.Stride);
        return sum;
    }

    /// <summary>Σ (a − b)² over matrices of one shape, differences rounded to single precision.</summary>
    public static double SquaredDistance(FloatMatrix a, FloatMatrix b)
    {
        if (a.Rows != b.Rows || a.Columns != b.Columns)
            throw new ArgumentException($"A {a.Rows} x {a.Columns} matrix has no distance from {b.Rows} x {b.Columns}.", nameof(b));
        double total = 0;
        for (int row = 0; row < a.Rows; row++)
        {
            float* x = a.RowPointer(row), y = b.RowPointer(row);
            Vector512<double> sum = Vector512<double>.Zero;
            for (int i = 0; i < a.Stride; i += 2 * Lanes)
            {
                (Vector512<double> d0, Vector512<double> d1) = Vector512.Widen(Vector512.Load(x + i) - Vector512.Load(y + i));
                sum += d0 * d0;
                sum += d1 * d1;
            }

            total += Total(sum);
        }

        return total;
    }

    private static double Total(Vector512<double> sum) =>
        sum[0] + sum[4] + (sum[1] + sum[5]) + (sum[2] + sum[6] + (sum[3] + sum[7]));
}
