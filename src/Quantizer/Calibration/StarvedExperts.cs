using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Experts to which fewer tokens are routed than asked for.</summary>
internal static class StarvedExperts
{
    /// <summary>Ends a run that asks for it.</summary>
    /// <exception cref="MoEQuantException">MOEQ3054, where <see cref="CalibrationOptions.StarvedExperts"/> says so.</exception>
    public static void RequireEnough(int layer, IReadOnlyList<ExpertTokens> experts, CalibrationOptions options)
    {
        if (options.StarvedExperts == StarvedExpertAction.Fail && Describe(layer, [.. experts.Select(expert => expert.Statistics)], options) is { } found)
            throw new MoEQuantException(CalibrationDiagnostics.ExpertStarved, found);
    }

    /// <summary>What is wrong with a layer, as a sentence; null where nothing is.</summary>
    public static string? Describe(int layer, IReadOnlyList<ExpertStatistics> experts, CalibrationOptions options)
    {
        ExpertStatistics[] starved = [.. experts.Where(expert => expert.RoutedTokens < options.MinExpertTokens).OrderBy(expert => expert.RoutedTokens)];
        if (starved.Length == 0)
            return null;
        string first = string.Join(", ", starved.Take(4).Select(expert => $"expert {expert.Expert} sees {expert.RoutedTokens}"));
        string rest = starved.Length > 4 ? $" and {starved.Length - 4} more see few" : "";
        return $"In layer {layer} {first}{rest} of the calibration tokens; expected at least {options.MinExpertTokens} each.";
    }
}
