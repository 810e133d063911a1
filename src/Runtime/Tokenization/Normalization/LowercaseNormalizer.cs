using System.Text;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Turns every character into its lower case, one by one, whatever stands around it (no final sigma).</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    // The one character whose lower case is two characters: I with dot above becomes i and a combining dot.
    private const int CapitalDottedI = 0x130;

    public override string Normalize(string text, NormalizationState state)
    {
        var result = new StringBuilder(text.Length);
        Span<char> utf16 = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == CapitalDottedI)
                result.Append("i\u0307");
            else
                result.Append(utf16[..Rune.ToLowerInvariant(rune).EncodeToUtf16(utf16)]);
        }
        return result.ToString();
    }
}
