namespace MoEQuant.Quantizer.Calibration;

/// <summary>What of a decoder layer is run.</summary>
internal enum LayerPart
{
    /// <summary>The norm in front of attention alone: the stream does not move.</summary>
    AttentionInput,

    /// <summary>Norm, attention, residual.</summary>
    Attention,

    /// <summary>The norm in front of the feed-forward network and the router alone: the stream does not move.</summary>
    FeedForwardInput,

    /// <summary>Norm, feed-forward network, residual.</summary>
    FeedForward,

    /// <summary>Attention, then the feed-forward network.</summary>
    Whole,
}
