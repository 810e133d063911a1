namespace MoEQuant.Quantizer.Calibration;

/// <summary>What of a decoder layer is run.</summary>
internal enum LayerPart
{
    /// <summary>Norm, attention, residual.</summary>
    Attention,

    /// <summary>Norm, feed-forward network, residual.</summary>
    FeedForward,

    /// <summary>Both.</summary>
    Whole,
}
