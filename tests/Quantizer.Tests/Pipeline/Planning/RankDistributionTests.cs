using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning;

[TestClass]
public sealed class RankDistributionTests
{
    [TestMethod]
    public void Spread_EqualWeights_GivesTheAverageToAll() =>
        CollectionAssert.AreEqual(new[] { 8, 8, 8 }, RankDistribution.Spread([new(0.3, 100, 64), new(0.3, 250, 64), new(0.3, 100, 64)], 8));

    [TestMethod]
    public void Spread_Weights_AreMetInProportion() =>
        CollectionAssert.AreEqual(new[] { 4, 8, 16, 0 }, RankDistribution.Spread([new(1, 10, 64), new(2, 10, 64), new(4, 10, 64), new(0, 10, 64)], 7));

    [TestMethod]
    public void Spread_LimitedMatrix_LeavesItsShareToTheOthers() =>
        CollectionAssert.AreEqual(new[] { 6, 12, 12 }, RankDistribution.Spread([new(100, 10, 6), new(1, 10, 64), new(1, 10, 64)], 10));

    [TestMethod]
    public void Spread_UnevenShares_SpendTheBudgetByBytes()
    {
        RankDemand[] demands = [.. Enumerable.Range(1, 37).Select(i => new RankDemand(1 + i % 7 * 0.37, 66 * (2 + i % 5), 48))];
        int[] ranks = RankDistribution.Spread(demands, 11);
        long budget = demands.Sum(demand => demand.BytesPerRank * 11), spent = ranks.Select((rank, i) => rank * demands[i].BytesPerRank).Sum();
        Assert.IsLessThanOrEqualTo(budget, spent);
        Assert.IsGreaterThan(budget - demands.Max(demand => demand.BytesPerRank), spent);
        Assert.IsTrue(ranks.All(rank => rank is >= 0 and <= 48));
    }

    [TestMethod]
    public void Spread_MoreThanAllCanTake_GivesEveryoneTheMost() =>
        CollectionAssert.AreEqual(new[] { 4, 6 }, RankDistribution.Spread([new(1, 10, 4), new(3, 10, 6)], 100));

    [TestMethod]
    public void Kurtosis_KnownWeights_IsThatOfTheFormula()
    {
        using FloatMatrix twoValues = new(3, 5), rare = new(2, 50);
        for (int i = 0; i < 15; i++)
            twoValues[i / 5, i % 5] = 7 + (i % 2 == 0 ? 1 : -1);
        rare[1, 17] = 1;
        Assert.AreEqual(1.0, Kurtosis.Of(twoValues), 0.02);
        // One of n values differs: (n² − 3n + 3) / (n − 1).
        Assert.AreEqual((100.0 * 100 - 300 + 3) / 99, Kurtosis.Of(rare), 1e-6);
    }
}
