namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Rewrites text before it is split. Immutable, safe for concurrent use.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites one text.</summary>
    /// <param name="text">The text between two added tokens, without lone surrogates.</param>
    /// <param name="state">What is kept track of on the way.</param>
    /// <exception cref="MoEQuant.Format.Diagnostics.MoEQuantException">The text grows without bound (MOEQ1097).</exception>
    public abstract string Normalize(string text, NormalizationState state);
}
