namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Rewrites text before it is split. Immutable, safe for concurrent use.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites one text.</summary>
    /// <param name="text">The text between two added tokens, without lone surrogates.</param>
    /// <param name="keepsStart">Becomes false when characters at the begin are dropped without replacement; Metaspace's scheme "first" asks for it.</param>
    public abstract string Normalize(string text, ref bool keepsStart);
}
