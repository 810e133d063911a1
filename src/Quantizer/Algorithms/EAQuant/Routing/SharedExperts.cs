namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>What two choices of experts for one token have in common.</summary>
internal static class SharedExperts
{
    /// <summary>|A ∩ B|. Order and weights do not count; no expert is chosen twice.</summary>
    public static int Count(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        int shared = 0;
        foreach (int expert in first)
            shared += second.Contains(expert) ? 1 : 0;
        return shared;
    }
}
