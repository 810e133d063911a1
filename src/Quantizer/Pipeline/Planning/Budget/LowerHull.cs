namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>The candidates worth considering: those on the lower convex hull of loss over bytes.</summary>
internal static class LowerHull
{
    /// <summary>From the cheapest candidate to the best one; each step costs more, gains something, and gains less per byte than the step before.</summary>
    public static IReadOnlyList<RecipeCandidate> Of(IReadOnlyList<RecipeCandidate> candidates)
    {
        List<RecipeCandidate> hull = [];
        // The sort is stable: of equals the first candidate stays.
        foreach (RecipeCandidate candidate in candidates.OrderBy(candidate => candidate.Bytes).ThenBy(candidate => candidate.Loss))
        {
            if (hull.Count > 0 && candidate.Loss >= hull[^1].Loss)
                continue;
            while (hull.Count > 1 && Gain(hull[^2], hull[^1]) <= Gain(hull[^2], candidate))
                hull.RemoveAt(hull.Count - 1);
            hull.Add(candidate);
        }

        return hull;
    }

    /// <summary>Loss avoided per byte.</summary>
    public static double Gain(in RecipeCandidate from, in RecipeCandidate to) => (from.Loss - to.Loss) / (to.Bytes - from.Bytes);
}
