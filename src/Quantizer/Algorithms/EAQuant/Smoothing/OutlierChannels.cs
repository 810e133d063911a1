namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>
/// Smoothing between an expert's up and down projections: only outlier channels are scaled, the others stay as they are (EAQuant, arXiv 2506.13329). A channel is an outlier when its largest
/// magnitude lies both above the upper quartile by 1.5 inter-quartile ranges and above Otsu's threshold (Otsu 1979) between two classes of log magnitudes.
/// </summary>
internal static class OutlierChannels
{
    private const double Exponent = 0.7;
    private const double RangesAboveQuartile = 1.5;

    /// <summary>s_j = (m_j / largest normal m)^0.7 for outliers, 1 otherwise: the up projection's rows are divided, the down projection's columns multiplied by it.</summary>
    /// <param name="maxima">m, the largest magnitudes of the down projection's inputs, [intermediate].</param>
    public static float[] Scales(ReadOnlySpan<float> maxima)
    {
        float[] scales = new float[maxima.Length];
        Array.Fill(scales, 1f);
        double threshold = Threshold(maxima), normal = 0;
        foreach (float value in maxima)
        {
            if (value <= threshold)
                normal = Math.Max(normal, value);
        }

        for (int channel = 0; channel < scales.Length; channel++)
        {
            if (maxima[channel] > threshold && normal > 0)
                scales[channel] = (float)Math.Pow(maxima[channel] / normal, Exponent);
        }

        return scales;
    }

    /// <summary>Above this a channel is an outlier.</summary>
    private static double Threshold(ReadOnlySpan<float> maxima)
    {
        float[] sorted = maxima.ToArray();
        Array.Sort(sorted);
        // Channels without activations say nothing about what is normal.
        sorted = [.. sorted.Where(value => value > 0)];
        if (sorted.Length < 4)
            return double.PositiveInfinity;
        double lower = sorted[sorted.Length / 4], upper = sorted[sorted.Length * 3 / 4];
        return Math.Max(upper + (RangesAboveQuartile * (upper - lower)), Otsu(sorted));
    }

    /// <summary>The largest value of the lower class, for the cut that maximises the variance between the classes' mean logarithms.</summary>
    private static double Otsu(float[] sorted)
    {
        double total = sorted.Sum(value => Math.Log(value)), below = 0, best = double.NegativeInfinity;
        int cut = 0;
        for (int count = 1; count < sorted.Length; count++)
        {
            below += Math.Log(sorted[count - 1]);
            double distance = (below / count) - ((total - below) / (sorted.Length - count));
            double variance = (double)count * (sorted.Length - count) * distance * distance;
            if (variance > best)
                (best, cut) = (variance, count);
        }

        return sorted[cut - 1];
    }
}
