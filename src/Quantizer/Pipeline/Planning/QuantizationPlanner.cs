using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Settles how every tensor is stored.</summary>
internal static class QuantizationPlanner
{
    /// <summary>Makes the plan that the options ask for.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ2046, MOEQ2047: the router statistics are unusable or missing.</exception>
    public static QuantizationPlan Plan(QuantizationSource source, QuantizationOptions options, CancellationToken cancellationToken)
    {
        RoundingMethod rounding = options.Rounding ?? RoundingMethod.Hqq;
        RouterStatistics? statistics = options.RankPolicy == RankPolicy.Frequency && options.StatisticsFile is { } path ? RouterStatistics.Load(path) : null;
        return new RankPlanner(source, options, rounding).Plan(statistics, cancellationToken);
    }
}
