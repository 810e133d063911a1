namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Percentiles of measured values.</summary>
internal static class Percentile
{
    /// <summary>The value below which <paramref name="share"/> of the values lie, interpolated linearly between the two nearest ranks.</summary>
    /// <param name="values">At least one value; sorted by this call.</param>
    /// <param name="share">0 (the least value) to 1 (the largest).</param>
    public static double Of(List<double> values, double share)
    {
        values.Sort();
        double rank = share * (values.Count - 1);
        int lower = (int)rank;
        int upper = Math.Min(lower + 1, values.Count - 1);
        return values[lower] + (rank - lower) * (values[upper] - values[lower]);
    }
}
