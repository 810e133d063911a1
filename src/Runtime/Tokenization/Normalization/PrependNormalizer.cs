namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Puts a string before the text, unless the text is empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override string Normalize(string text, NormalizationState state) => text.Length == 0 ? text : prefix + text;
}
