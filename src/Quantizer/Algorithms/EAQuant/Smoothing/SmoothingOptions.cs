namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>How a layer is smoothed.</summary>
/// <param name="Format">How its matrices will be stored and executed.</param>
internal sealed record SmoothingOptions(TrialFormat Format)
{
    /// <summary>α of <see cref="SmoothingScales.Merge(IReadOnlyList{SmoothingConsumer}, double, SmoothingMerge)"/>.</summary>
    public double Alpha { get; init; } = SmoothingScales.DefaultAlpha;

    /// <summary>How consumers are merged.</summary>
    public SmoothingMerge Merge { get; init; } = SmoothingMerge.Max;

    /// <summary>Choose the strength by a trial on captured tokens; otherwise the full scales are used.</summary>
    public bool Trial { get; init; } = true;

    /// <summary>Tokens per matrix in a trial at most, evenly picked.</summary>
    public int TrialTokens { get; init; } = 64;
}
