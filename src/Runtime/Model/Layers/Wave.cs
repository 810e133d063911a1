using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>A part of a batch that a feed-forward network computes together: slots of experts, and tokens of the network that every token passes.</summary>
internal readonly record struct Wave(int FirstSlot, int EndSlot, int FirstToken, int EndToken)
{
    public int SlotCount => EndSlot - FirstSlot;

    public int TokenCount => EndToken - FirstToken;

    /// <summary>An expert's slots within the wave, counted from the wave's first slot.</summary>
    public (int First, int Count) SlotsOf(RoutedTokens routed, int expert)
    {
        (int start, int count) = routed.SlotsOf(expert);
        int first = Math.Clamp(start, FirstSlot, EndSlot), end = Math.Clamp(start + count, FirstSlot, EndSlot);
        return (first - FirstSlot, end - first);
    }
}
