namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Expert-aware smoothing aggregation (EAQuant, arXiv 2506.13329, section 3.2): one scale per channel behind a norm, for all consumers at once.</summary>
internal static class SmoothingScales
{
    /// <summary>The default of α: how much of an activation's outlier moves into the weights.</summary>
    public const double DefaultAlpha = 0.6;

    /// <summary>Merges s_ij = max|x_j|^α / max|W_ij|^(1−α) over the consumers i.</summary>
    /// <param name="consumers">All readers of the channels, at least one.</param>
    /// <param name="alpha">α, 0 to 1.</param>
    /// <param name="merge">How.</param>
    /// <returns>
    /// s, positive and finite, [K], with geometric mean 1 over the channels that have one. A channel gets 1 where no consumer that saw tokens has both an activation and a weight in it.
    /// </returns>
    public static float[] Merge(IReadOnlyList<SmoothingConsumer> consumers, double alpha = DefaultAlpha, SmoothingMerge merge = SmoothingMerge.Max)
    {
        ArgumentOutOfRangeException.ThrowIfZero(consumers.Count);
        if (!(alpha is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Expected 0 to 1.");
        double[] merged = new double[consumers[0].InputMaxima.Length];
        for (int channel = 0; channel < merged.Length; channel++)
            merged[channel] = Merge(consumers, channel, alpha, merge);
        return Normalise(merged);
    }

    /// <summary>s^strength: 0 leaves the channels as they are, 1 is the full scale. A cheap family for a search.</summary>
    public static float[] Weaken(float[] scales, double strength) => [.. scales.Select(scale => (float)Math.Pow(scale, strength))];

    private static double Merge(IReadOnlyList<SmoothingConsumer> consumers, int channel, double alpha, SmoothingMerge merge)
    {
        double largest = 0, sum = 0, shares = 0;
        foreach (SmoothingConsumer consumer in consumers)
        {
            double x = consumer.InputMaxima[channel], w = consumer.WeightMaxima[channel];
            if (consumer.TokenCount == 0 || x == 0 || w == 0)
                continue;
            double scale = Math.Pow(x, alpha) / Math.Pow(w, 1 - alpha);
            largest = Math.Max(largest, scale);
            sum += consumer.Share * scale;
            shares += consumer.Share;
        }

        return merge == SmoothingMerge.Max || shares == 0 ? largest : sum / shares;
    }

    // A common factor changes nothing but the magnitudes that fp16 scales must hold; the geometric mean 1 keeps them where they were.
    private static float[] Normalise(double[] merged)
    {
        double logarithms = 0;
        int count = 0;
        foreach (double scale in merged)
        {
            if (scale == 0)
                continue;
            logarithms += Math.Log(scale);
            count++;
        }

        double mean = count == 0 ? 1 : Math.Exp(logarithms / count);
        return [.. merged.Select(scale => scale == 0 ? 1 : (float)Math.Clamp(scale / mean, 1e-4, 1e4))];
    }
}
