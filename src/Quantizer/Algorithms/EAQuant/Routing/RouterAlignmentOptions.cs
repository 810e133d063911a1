namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>How a router is quantized.</summary>
/// <param name="Groups">Bits and groups; 8 bits in EAQuant.</param>
/// <param name="TopK">Experts per token.</param>
internal sealed record RouterAlignmentOptions(GroupScheme Groups, int TopK)
{
    /// <summary>Clip ratios that are tried, evenly spaced from <see cref="SmallestRatio"/> to 1.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>The hardest clipping.</summary>
    public float SmallestRatio { get; init; } = 0.35f;

    /// <summary>The share of the experts beyond the top k whose probabilities count one by one, 0 to 1; the others count together.</summary>
    public double RestShare { get; init; }

    /// <summary>Tokens to search on at most, evenly picked.</summary>
    public int LargestTokenCount { get; init; } = 512;
}
