namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Applies pre-tokenizers one after the other, each to the pieces that the one before made.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] parts) : PreTokenizer
{
    public override void Split(in TextPiece piece, List<TextPiece> output)
    {
        var pieces = new List<TextPiece> { piece };
        var next = new List<TextPiece>();
        foreach (PreTokenizer part in parts)
        {
            next.Clear();
            foreach (TextPiece one in pieces)
                part.Split(in one, next);
            (pieces, next) = (next, pieces);
        }
        output.AddRange(pieces);
    }
}
