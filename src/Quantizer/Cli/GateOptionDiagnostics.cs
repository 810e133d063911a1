using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Values of the options that measure and limit the loss of quality.</summary>
public static class GateOptionDiagnostics
{
    /// <summary>--evaluate-windows.</summary>
    public static readonly DiagnosticDescriptor Windows = new("MOEQ2060", "Number of evaluation windows out of range", "Use a whole number of at least 1.");

    /// <summary>--max-perplexity-increase.</summary>
    public static readonly DiagnosticDescriptor PerplexityIncrease = new("MOEQ2061", "Limit of the perplexity increase out of range", "Use a share such as 0.02, or a percentage such as 2%.");

    /// <summary>--max-kl-divergence.</summary>
    public static readonly DiagnosticDescriptor Divergence = new("MOEQ2062", "Limit of the KL divergence out of range", "Use a number of nats from 0 to 1000, for example 0.01.");

    /// <summary>--min-router-agreement.</summary>
    public static readonly DiagnosticDescriptor RouterAgreement = new("MOEQ2063", "Limit of the router agreement out of range", "Use a share from 0 to 1 such as 0.97, or a percentage such as 97%.");

    /// <summary>--report.</summary>
    public static readonly DiagnosticDescriptor Report = new("MOEQ2064", "Report file not usable", "Name a file that ends in .html.");
}
