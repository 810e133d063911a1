using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

/// <summary>Seeded matrices.</summary>
internal static class RandomMatrix
{
    /// <summary>Normally distributed elements of standard deviation <paramref name="deviation"/>.</summary>
    public static FloatMatrix Normal(int rows, int columns, int seed, double deviation = 1)
    {
        FloatMatrix matrix = new(rows, columns);
        Random random = new(seed);
        for (int i = 0; i < rows; i++)
            foreach (ref float value in matrix.Row(i))
                value = (float)(NextNormal(random) * deviation);
        return matrix;
    }

    /// <summary>Normal elements of which few are many times larger, as in trained networks.</summary>
    public static FloatMatrix HeavyTailed(int rows, int columns, int seed, double deviation = 0.05)
    {
        FloatMatrix matrix = Normal(rows, columns, seed, deviation);
        Random random = new(seed + 1);
        for (int i = 0; i < rows; i++)
            foreach (ref float value in matrix.Row(i))
                if (random.NextDouble() < 0.03)
                    value *= 8;
        return matrix;
    }

    public static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static double FrobeniusDistance(FloatMatrix a, FloatMatrix b)
    {
        double sum = 0;
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < a.Columns; j++)
                sum += ((double)a[i, j] - b[i, j]) * ((double)a[i, j] - b[i, j]);
        return Math.Sqrt(sum);
    }
}
