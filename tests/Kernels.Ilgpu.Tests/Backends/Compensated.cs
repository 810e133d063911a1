namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The definition of a compensated product, (Ŵ + U · V) x, in double precision.</summary>
internal static class Compensated
{
    public static (double Value, double Tolerance) Expected(PackedCase w, FactorCase v, FactorCase u, ITokens x, int token, int row)
    {
        (double value, double tolerance) = w.Expected(x, token, row);
        double magnitude = Math.Abs(value);
        for (int rank = 0; rank < v.Shape.Rank; rank++)
        {
            double latent = 0, latentMagnitude = 0;
            for (int column = 0; column < v.Shape.Length; column++)
            {
                latent += v[rank, column] * x.Value(token, column);
                latentMagnitude += Math.Abs(v[rank, column] * x.Value(token, column));
            }
            value += u[rank, row] * latent;
            magnitude += Math.Abs(u[rank, row]) * latentMagnitude;
        }
        return (value, tolerance + ((v.Shape.Length + v.Shape.Rank + 16) * Math.Pow(2, -24) * magnitude));
    }
}
