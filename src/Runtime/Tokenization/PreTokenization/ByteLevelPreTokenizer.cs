using MoEQuant.Runtime.Tokenization.Normalization;
using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Splits like GPT-2, and writes the bytes of the pieces in the byte-level alphabet unless the model does so itself.</summary>
/// <param name="addPrefixSpace">Whether a text that does not begin with a space gets one.</param>
/// <param name="useRegex">Whether to split; false where another pre-tokenizer did so.</param>
/// <param name="mapsText">Whether to write the alphabet here; false where this is the last step before a byte-level model.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool mapsText) : PreTokenizer
{
    private static readonly PatternSplitter Words = new(Gpt2Pattern.Instance, SplitBehavior.Isolated);
    private static readonly ByteLevelNormalizer Mapping = new();

    public override void Split(in TextPiece piece, List<TextPiece> output)
    {
        TextPiece spaced = piece;
        if (addPrefixSpace && !piece.Span.StartsWith(' '))
            spaced = new TextPiece(string.Concat(" ", piece.Span), piece.IsFirst);
        int begin = output.Count;
        if (useRegex)
            Words.Split(in spaced, output);
        else
            Add(in spaced, output);
        if (!mapsText)
            return;
        for (int i = begin; i < output.Count; i++)
            output[i] = new TextPiece(Mapping.Normalize(output[i].Span.ToString(), new NormalizationState(output[i].Length)), output[i].IsFirst);
    }
}
