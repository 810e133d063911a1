namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Spreads an average rank over matrices in proportion to their weights.</summary>
internal static class RankDistribution
{
    private const int Bisections = 200;

    /// <summary>Finds ranks that together cost what <paramref name="averageRank"/> for every matrix would cost, or as little less as whole ranks allow.</summary>
    /// <remarks>
    /// Shares are λ · weight, limited by each matrix's largest rank, with the one λ that spends everything; they are rounded down, and what is left goes to the largest
    /// remainders, earlier matrices first. Equal demands give equal ranks on every machine.
    /// </remarks>
    public static int[] Spread(IReadOnlyList<RankDemand> demands, int averageRank)
    {
        long budget = demands.Sum(demand => demand.BytesPerRank * averageRank);
        double multiplier = FindMultiplier(demands, budget);
        double[] shares = [.. demands.Select(demand => Share(demand, multiplier))];
        int[] ranks = [.. shares.Select(share => (int)share)];
        long left = budget - ranks.Select((rank, i) => rank * demands[i].BytesPerRank).Sum();
        foreach (int i in Enumerable.Range(0, ranks.Length).OrderByDescending(i => shares[i] - ranks[i]))
            if (shares[i] > ranks[i] && demands[i].BytesPerRank <= left)
            {
                ranks[i]++;
                left -= demands[i].BytesPerRank;
            }

        return ranks;
    }

    /// <summary>The λ whose shares cost the budget; where even the largest ranks cost less, one that gives those.</summary>
    private static double FindMultiplier(IReadOnlyList<RankDemand> demands, long budget)
    {
        double smallest = demands.Where(demand => demand.Weight > 0).Select(demand => demand.Weight).DefaultIfEmpty(1).Min();
        double low = 0, high = demands.Select(demand => demand.LargestRank).DefaultIfEmpty(0).Max() / smallest;
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            if (demands.Sum(demand => Share(demand, middle) * demand.BytesPerRank) <= budget)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    private static double Share(RankDemand demand, double multiplier) => Math.Min(demand.Weight * multiplier, demand.LargestRank);
}
