namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>A merge that may be due: ordered by rank, then from left to right.</summary>
/// <param name="Order">The rank in the upper, the position in the lower 32 bits.</param>
/// <param name="Merged">The token that the pair becomes.</param>
internal readonly record struct MergeCandidate(ulong Order, int Merged)
{
    public MergeCandidate(int rank, int position, int merged) : this(((ulong)(uint)rank << 32) | (uint)position, merged)
    {
    }

    public int Position => (int)(uint)Order;
}
