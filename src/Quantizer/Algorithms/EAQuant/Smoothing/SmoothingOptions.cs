using MoEQuant.Kernels;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>How a layer is smoothed.</summary>
/// <param name="Weights">Groups of the layer's weights.</param>
/// <param name="Activations">How activations will be quantized; null for floating point.</param>
internal sealed record SmoothingOptions(GroupScheme Weights, ActivationScheme? Activations)
{
    /// <summary>α of <see cref="SmoothingScales.Merge(IReadOnlyList{SmoothingConsumer}, double, SmoothingMerge)"/>.</summary>
    public double Alpha { get; init; } = SmoothingScales.DefaultAlpha;

    /// <summary>How consumers are merged.</summary>
    public SmoothingMerge Merge { get; init; } = SmoothingMerge.Max;

    /// <summary>Smooth between up and down projections. Must be off where the down projections' columns are already rotated: the runtime rotates behind the up projection, so its rows have no columns of the same channels any more.</summary>
    public bool Inner { get; init; } = true;

    /// <summary>Choose the strength by a trial on captured tokens; otherwise the full scales are used.</summary>
    public bool Trial { get; init; } = true;

    /// <summary>Tokens per matrix in a trial at most, evenly picked.</summary>
    public int TrialTokens { get; init; } = 64;
}
