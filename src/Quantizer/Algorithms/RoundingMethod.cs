namespace MoEQuant.Quantizer.Algorithms;

/// <summary>How codes are chosen.</summary>
public enum RoundingMethod
{
    /// <summary>Scale and zero point from the smallest and largest weight, weights rounded to the nearest code.</summary>
    Nearest,

    /// <summary>Half-quadratic quantization (HQQ): no calibration data.</summary>
    Hqq,

    /// <summary>The rounding error of a column is made up for by the columns after it, weighted by the input covariance (GPTQ, arXiv 2210.17323). Without a covariance this is <see cref="Hqq"/>.</summary>
    ErrorFeedback,
}
