namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Removes white space at the begin, the end or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Normalize(string text, ref bool keepsStart)
    {
        string stripped = left ? text.TrimStart() : text;
        keepsStart &= stripped.Length == text.Length;
        return right ? stripped.TrimEnd() : stripped;
    }
}
