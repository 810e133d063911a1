using System.Text;
using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Removes combining marks.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override string Normalize(string text, NormalizationState state)
    {
        var result = new StringBuilder(text.Length);
        Span<char> utf16 = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
            if (!CharacterClass.IsIn(rune.Value, CharacterClass.Mark))
                result.Append(utf16[..rune.EncodeToUtf16(utf16)]);
            else if (result.Length == 0)
                state.DropStart();
        return result.ToString();
    }
}
