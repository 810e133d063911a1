namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>A piece of the word being merged, linked to its neighbours.</summary>
internal struct MergeSymbol
{
    /// <summary>The token, or -1 once it was merged into its left neighbour.</summary>
    public int Id;

    /// <summary>The index of the left neighbour, or -1.</summary>
    public int Previous;

    /// <summary>The index of the right neighbour, or -1.</summary>
    public int Next;
}
