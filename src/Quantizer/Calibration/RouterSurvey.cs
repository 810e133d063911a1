using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Counts how often the original network's routers pick each expert for calibration tokens.</summary>
internal static class RouterSurvey
{
    /// <summary>Counts, layer by layer.</summary>
    public static RouterStatistics Run(QuantizationSource source, CalibrationData data, int threadCount, CancellationToken cancellationToken)
    {
        List<(int Layer, int Expert, long Tokens)> counts = [];
        SurveyWalk.Run(source, data, threadCount, [LayerSite.FeedForwardInput], (layer, capture, _) =>
        {
            if (capture.Routing is { } routing)
                for (int expert = 0; expert < routing.ExpertCount; expert++)
                    counts.Add((layer, expert, routing.TokensOf(expert).Tokens.Length));
        }, cancellationToken);
        return new(counts);
    }
}
