using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed unsafe class RoutedTokensTests
{
    [TestMethod]
    public void Group_RandomChoices_IsAPermutationGroupedByExpert()
    {
        var random = new Random(4);
        using var routed = new RoutedTokens(maxTokens: 50, expertCount: 9, perToken: 3);
        for (int round = 0; round < 20; round++)
        {
            int tokens = random.Next(1, 51);
            routed.Reset(tokens);
            for (int token = 0; token < tokens; token++)
            {
                Enumerable.Range(0, 9).OrderBy(_ => random.Next()).Take(3).ToArray().CopyTo(routed.Experts(token));
                foreach (ref float weight in routed.Weights(token))
                    weight = random.NextSingle();
            }

            routed.Group();

            int covered = 0;
            for (int expert = 0; expert < 9; expert++)
            {
                (int start, int count) = routed.SlotsOf(expert);
                Assert.AreEqual(covered, start);
                covered += count;
                for (int slot = start; slot < start + count; slot++)
                {
                    int token = routed.TokenOfSlot[slot];
                    int choice = routed.Experts(token).IndexOf(expert);
                    Assert.IsGreaterThanOrEqualTo(0, choice, $"token {token} did not choose expert {expert}");
                    Assert.AreEqual(routed.Weights(token)[choice], routed.WeightOf(slot));
                    Assert.Contains(slot, routed.SlotsOfToken(token).ToArray());
                }
            }

            Assert.AreEqual(tokens * 3, covered);
            for (int token = 0; token < tokens; token++)
                Assert.IsTrue(routed.SlotsOfToken(token)[0] < routed.SlotsOfToken(token)[1] && routed.SlotsOfToken(token)[1] < routed.SlotsOfToken(token)[2]);
        }
    }

    [TestMethod]
    [DataRow(100, new[] { 5 })]
    [DataRow(4, new[] { 4, 5 })]
    [DataRow(3, new[] { 3, 5 })]
    [DataRow(2, new[] { 2, 4, 5 })]
    [DataRow(1, new[] { 1, 2, 3, 4, 5 })]
    public void EndOfWave_ExpertsOfSeveralSizes_EndsBetweenThemWhereItCan(int most, int[] expected)
    {
        // Expert 0 has three slots, expert 1 none, experts 2 and 3 one each.
        using var routed = new RoutedTokens(maxTokens: 5, expertCount: 4, perToken: 1);
        routed.Reset(5);
        int[] experts = [0, 2, 0, 3, 0];
        for (int token = 0; token < experts.Length; token++)
            routed.Experts(token)[0] = experts[token];
        routed.Group();

        var ends = new List<int>();
        for (int slot = 0; slot < 5; slot = ends[^1])
            ends.Add(routed.EndOfWave(slot, most));

        CollectionAssert.AreEqual(expected, ends);
    }

    [TestMethod]
    public void Select_EqualLogits_PrefersTheLowerIndex()
    {
        float[] logits = [1, 3, 3, 0, 3];
        var experts = new int[2];
        var weights = new float[2];
        Router.Select(logits, normalize: false, experts, weights);
        CollectionAssert.AreEqual((int[])[1, 2], experts);
        double total = (3 * Math.Exp(3)) + Math.Exp(1) + 1;
        Assert.AreEqual(Math.Exp(3) / total, weights[0], 1e-6);
    }

    [TestMethod]
    public void Select_Normalised_WeightsSumToOne()
    {
        float[] logits = [0.5f, -2, 4, 1, 3.5f];
        var experts = new int[3];
        var weights = new float[3];
        Router.Select(logits, normalize: true, experts, weights);
        CollectionAssert.AreEqual((int[])[2, 4, 3], experts);
        Assert.AreEqual(1, weights.Sum(), 1e-6);
        Assert.AreEqual(Math.Exp(0.5), weights[0] / weights[1], 1e-5);
    }
}
