using System.Text;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Writes the UTF-8 bytes of the text in the byte-level alphabet.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override string Normalize(string text, NormalizationState state)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (characters, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                characters[i] = ByteAlphabet.Character(source[i]);
        });
    }
}
