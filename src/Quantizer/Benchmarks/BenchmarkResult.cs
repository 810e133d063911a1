namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>What was measured.</summary>
/// <param name="LoadTime">From the start of loading until the model was ready.</param>
/// <param name="FirstTokenTime">From the start of loading until the first token after the prompt was chosen: nothing warm, neither code nor weights.</param>
/// <param name="PrefillRates">Tokens of the prompt per second, one per repetition.</param>
/// <param name="DecodeRates">Generated tokens per second, one per repetition.</param>
/// <param name="ResidentBytes">Resident memory of the process after the last repetition, mapped weights included.</param>
/// <param name="PeakResidentBytes">The most it ever was.</param>
internal sealed record BenchmarkResult(
    TimeSpan LoadTime, TimeSpan FirstTokenTime, IReadOnlyList<double> PrefillRates, IReadOnlyList<double> DecodeRates, long ResidentBytes, long PeakResidentBytes)
{
    /// <summary>The median of the repetitions.</summary>
    public double PrefillRate => Median(PrefillRates);

    /// <summary>The median of the repetitions.</summary>
    public double DecodeRate => Median(DecodeRates);

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
