namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Collects the members of a set in brackets.</summary>
internal sealed class CharacterSetBuilder
{
    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<Func<int, bool>> _sets = [];

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(Func<int, bool> set) => _sets.Add(set);

    public Func<int, bool> Build()
    {
        (int First, int Last)[] ranges = [.. Merge()];
        Func<int, bool>[] sets = [.. _sets];
        return c => InRanges(ranges, c) || Array.Exists(sets, set => set(c));
    }

    // Sorted and disjoint, so that a member is found by bisection: some patterns list hundreds of ranges.
    private List<(int First, int Last)> Merge()
    {
        _ranges.Sort();
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in _ranges)
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }
        return merged;
    }

    private static bool InRanges((int First, int Last)[] ranges, int codePoint)
    {
        int low = 0;
        int high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (codePoint < ranges[middle].First)
                high = middle - 1;
            else if (codePoint > ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }
}
