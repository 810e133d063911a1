namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Splits at a pattern: the pre-tokenizers Split, Digits, Punctuation, Whitespace and WhitespaceSplit.</summary>
internal sealed class SplitPreTokenizer(PatternSplitter splitter) : PreTokenizer
{
    public override void Split(in TextPiece piece, List<TextPiece> output) => splitter.Split(in piece, output);
}
