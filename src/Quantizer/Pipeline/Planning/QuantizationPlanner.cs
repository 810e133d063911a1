using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Settles how every tensor is stored.</summary>
internal static class QuantizationPlanner
{
    /// <summary>Makes the plan that the options ask for.</summary>
    /// <param name="source">The model.</param>
    /// <param name="options">What the user decided.</param>
    /// <param name="data">The calibration tokens; null without calibration.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Ends surveys of the weights.</param>
    /// <param name="surveys">Keeps what a survey of the weights alone finds; or null.</param>
    /// <param name="ownLayers">Layers that such a survey measures first; or null.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ2046–2048: the router statistics are unusable or missing, or the target is out of reach.</exception>
    public static QuantizationPlan Plan(
        QuantizationSource source, QuantizationOptions options, CalibrationData? data, INumericBackend backend, CancellationToken cancellationToken,
        ISurveyStore? surveys = null, IReadOnlyList<int>? ownLayers = null)
    {
        RoundingMethod rounding = options.Rounding ?? (data is null ? RoundingMethod.Hqq : RoundingMethod.ErrorFeedback);
        if (options.RankPolicy == RankPolicy.Budget)
            return BudgetPlanner.Plan(source, options, data is null
                ? new FreeSurvey(source, options, backend) { Store = surveys, OwnLayers = ownLayers ?? [] }.Run(rounding, cancellationToken)
                : new CalibratedSurvey(source, options, data, backend).Run(rounding, cancellationToken));
        return new RankPlanner(source, options, rounding).Plan(options.RankPolicy == RankPolicy.Frequency ? RouterUse(source, options, data, cancellationToken) : null, cancellationToken);
    }

    /// <summary>How often experts are used: what a file says, else what the calibration tokens show; null where nothing is known.</summary>
    private static RouterStatistics? RouterUse(QuantizationSource source, QuantizationOptions options, CalibrationData? data, CancellationToken cancellationToken) =>
        options.StatisticsFile is { } path ? RouterStatistics.Load(path) : data is null ? null : RouterSurvey.Run(source, data, options.ThreadCount, cancellationToken);
}
