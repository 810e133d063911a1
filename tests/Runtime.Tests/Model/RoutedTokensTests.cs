using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed class RoutedTokensTests
{
    [TestMethod]
    public void Group_RandomChoices_IsAPermutationGroupedByExpert()
    {
        var random = new Random(4);
        var routed = new RoutedTokens(maxTokens: 50, expertCount: 9, perToken: 3);
        for (int round = 0; round < 20; round++)
        {
            int tokens = random.Next(1, 51);
            routed.Reset(tokens);
            for (int token = 0; token < tokens; token++)
                Enumerable.Range(0, 9).OrderBy(_ => random.Next()).Take(3).ToArray().CopyTo(routed.Experts(token));
            routed.Group();

            int covered = 0;
            for (int expert = 0; expert < 9; expert++)
            {
                (int start, int count) = routed.SlotsOf(expert);
                Assert.AreEqual(covered, start);
                covered += count;
                for (int slot = start; slot < start + count; slot++)
                {
                    int token = routed.TokenOf(slot);
                    int choice = routed.Experts(token).IndexOf(expert);
                    Assert.IsGreaterThanOrEqualTo(0, choice, $"token {token} did not choose expert {expert}");
                    Assert.AreEqual(slot, routed.SlotsOfToken(token)[choice]);
                }
            }

            Assert.AreEqual(tokens * 3, covered);
        }
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
