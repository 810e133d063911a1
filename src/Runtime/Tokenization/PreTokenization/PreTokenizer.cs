namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Splits text into pieces that the model encodes one by one. Immutable, safe for concurrent use.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Splits one piece further. Empty pieces are not passed on.</summary>
    public abstract void Split(in TextPiece piece, List<TextPiece> output);

    protected static void Add(in TextPiece piece, List<TextPiece> output)
    {
        if (piece.Length > 0)
            output.Add(piece);
    }
}
