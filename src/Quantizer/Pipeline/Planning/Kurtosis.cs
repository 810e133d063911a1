using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>The tailedness of weights: E[(w − μ)⁴] / σ⁴, which is 3 for a normal distribution.</summary>
internal static class Kurtosis
{
    /// <summary>The kurtosis of a matrix's weights; 0 where all are equal. The sums have a fixed order.</summary>
    public static double Of(FloatMatrix weights)
    {
        double count = (double)weights.Rows * weights.Columns;
        double mean = 0;
        for (int row = 0; row < weights.Rows; row++)
            foreach (float weight in weights.Row(row))
                mean += weight;
        mean /= count;
        double second = 0, fourth = 0;
        for (int row = 0; row < weights.Rows; row++)
            foreach (float weight in weights.Row(row))
            {
                double square = (weight - mean) * (weight - mean);
                second += square;
                fourth += square * square;
            }

        return second > 0 ? fourth * count / (second * second) : 0;
    }
}
