namespace MoEQuant.Runtime.Tokenization.PostProcessing;

/// <summary>Where special tokens stand around an encoded text. Immutable, safe for concurrent use.</summary>
internal sealed class Template(IReadOnlyList<TemplatePiece> pieces)
{
    /// <summary>Puts the special tokens around the text.</summary>
    /// <param name="ids">The encoded text.</param>
    /// <param name="addSpecialTokens">False leaves the special tokens out.</param>
    public List<int> Apply(List<int> ids, bool addSpecialTokens)
    {
        var result = new List<int>(ids.Count + pieces.Count);
        foreach (TemplatePiece piece in pieces)
        {
            if (piece.SpecialIds is null)
                result.AddRange(ids);
            else if (addSpecialTokens)
                result.AddRange(piece.SpecialIds);
        }
        return result;
    }
}
