using MoEQuant.Runtime.Tokenization.Unicode;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Brings text into a Unicode normalization form.</summary>
internal sealed class UnicodeFormNormalizer(NormalForm form) : Normalizer
{
    public override string Normalize(string text, NormalizationState state) => UnicodeNormalization.Normalize(text, form);
}
