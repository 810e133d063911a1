namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Applies normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] normalizers) : Normalizer
{
    public override string Normalize(string text, NormalizationState state)
    {
        foreach (Normalizer normalizer in normalizers)
        {
            text = normalizer.Normalize(text, state);
            state.CheckLength(text.Length);
        }
        return text;
    }
}
