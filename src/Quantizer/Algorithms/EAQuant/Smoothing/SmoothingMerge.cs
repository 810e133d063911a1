namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>How the scales that different consumers ask for become one.</summary>
internal enum SmoothingMerge
{
    /// <summary>The largest: no consumer sees an outlier (the expert-aware aggregation of EAQuant, arXiv 2506.13329).</summary>
    Max,

    /// <summary>The mean, weighted by <see cref="SmoothingConsumer.Share"/> (frequency of use, or router probability).</summary>
    Weighted,
}
