namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What an expert was calibrated with where too few tokens were routed to it.</summary>
public enum ExpertFallback
{
    /// <summary>Its routed tokens were enough.</summary>
    None,

    /// <summary>Sequences that reach it were drawn in addition.</summary>
    Balanced,

    /// <summary>Tokens were added whose router almost picked it.</summary>
    NearMiss,

    /// <summary>All tokens of the layer: none was ever routed to it.</summary>
    WholeStream,
}
