using MoEQuant.Format.Diagnostics;

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
            CheckCount(piece.Length, pieces.Count);
        }
        output.AddRange(pieces);
    }

    // Parts that put something before each piece and parts that split it off again could take turns for ever; the byte-level alphabet has three pieces per character.
    private static void CheckCount(int length, int count)
    {
        if (count > 16L * length + 16)
            throw new MoEQuantException(TokenizerDiagnostics.TextTooLong, $"Splitting {length} characters gives {count} pieces, expected at most {16L * length + 16}.");
    }
}
