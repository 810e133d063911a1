using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Options that the model at hand cannot satisfy.</summary>
public static class PlanningDiagnostics
{
    /// <summary>--statistics names a file that is none.</summary>
    public static readonly DiagnosticDescriptor StatisticsFile = new("MOEQ2046", "Router statistics not readable", "Give the JSON report of a calibrated run of the same model.");

    /// <summary>--rank-policy frequency without anything that tells how often experts are used.</summary>
    public static readonly DiagnosticDescriptor StatisticsMissing = new("MOEQ2047", "No router statistics", "Give --statistics FILE or --calibration, or use another --rank-policy.");

    /// <summary>--target-bits or --target-size cannot be met.</summary>
    public static readonly DiagnosticDescriptor TargetUnreachable = new("MOEQ2048", "Target out of reach", "Choose a target within the range.");
}
