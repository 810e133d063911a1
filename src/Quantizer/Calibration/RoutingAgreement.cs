using MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>How far the quantized network routes as the original does.</summary>
internal static class RoutingAgreement
{
    /// <summary>The share of the experts picked in the original network that are picked for the same tokens in the quantized one.</summary>
    public static double Measure(CapturedRouting reference, CapturedRouting current)
    {
        long same = 0;
        for (int token = 0; token < reference.TokenCount; token++)
            same += SharedExperts.Count(reference.Experts(token), current.Experts(token));
        return (double)same / ((long)reference.TokenCount * reference.PerToken);
    }
}
