namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Removes white space at the begin, the end or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Normalize(string text, NormalizationState state)
    {
        string stripped = left ? text.TrimStart() : text;
        if (stripped.Length < text.Length)
            state.DropStart();
        return right ? stripped.TrimEnd() : stripped;
    }
}
