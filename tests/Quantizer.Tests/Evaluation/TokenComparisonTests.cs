using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;

namespace MoEQuant.Quantizer.Tests.Evaluation;

[TestClass]
public sealed class TokenComparisonTests
{
    private static readonly float s_ln3 = (float)Math.Log(3);

    [TestMethod]
    public void Of_TwoTokens_EqualsTheSumByHand()
    {
        // Reference 1/4, 3/4; model 1/2, 1/2.
        TokenComparison token = TokenComparison.Of([5, 5], [-2, s_ln3 - 2], 0);
        Assert.AreEqual(0.25 * Math.Log(0.5) + 0.75 * Math.Log(1.5), token.Divergence, 1e-7);
        Assert.AreEqual(Math.Log(2), token.ModelNegativeLogLikelihood, 1e-12);
        Assert.AreEqual(Math.Log(4), token.ReferenceNegativeLogLikelihood, 1e-7);
        Assert.IsFalse(token.SameTop1, "Of the model's equal tokens the lower id counts.");
    }

    [TestMethod]
    public void Of_RolesExchanged_IsAnotherDivergence()
    {
        // KL is not symmetric: model 1/4, 3/4 and reference 1/2, 1/2 give 1/2 ln 2 + 1/2 ln 2/3.
        TokenComparison token = TokenComparison.Of([0, s_ln3], [0, 0], 1);
        Assert.AreEqual(0.5 * Math.Log(2) + 0.5 * Math.Log(2.0 / 3), token.Divergence, 1e-7);
    }

    [TestMethod]
    public void Of_ShiftedLogits_IsTheSameDistribution()
    {
        TokenComparison token = TokenComparison.Of([1001, 1002, 1003], [-1, 0, 1], 2);
        Assert.AreEqual(0, token.Divergence, 1e-12);
        Assert.AreEqual(token.ReferenceNegativeLogLikelihood, token.ModelNegativeLogLikelihood, 1e-12);
        Assert.IsTrue(token.SameTop1);
    }

    [TestMethod]
    public void Of_HugeLogits_NeitherOverflowsNorGivesNaN()
    {
        // Reference: certain of token 0. Model: 1/2 each for 0 and 1.
        TokenComparison token = TokenComparison.Of([1e30f, 1e30f, -1e30f], [1e30f, -1e30f, -1e30f], 0);
        Assert.AreEqual(Math.Log(2), token.Divergence, 1e-12);
    }

    [TestMethod]
    public void Of_NotFinite_FailsCodedAndSaysWhose()
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => TokenComparison.Of([0, 1], [0, float.PositiveInfinity], 0));
        Assert.AreEqual("MOEQ3005", failure.Code);
        Assert.Contains("the reference", failure.Found);
        Assert.Contains("the model", Assert.ThrowsExactly<MoEQuantException>(() => TokenComparison.Of([float.NaN, 1], [0, 1], 0)).Found);
    }

    [TestMethod]
    public void Percentile_BetweenRanks_IsInterpolated()
    {
        Assert.AreEqual(99, Percentile.Of([.. Enumerable.Range(0, 101).Select(i => (double)(100 - i))], 0.99), 1e-9);
        Assert.AreEqual(9.9, Percentile.Of([10, 0], 0.99), 1e-9);
        Assert.AreEqual(7, Percentile.Of([7], 0.99), 0);
    }

    [TestMethod]
    public void RouterAgreement_SharedExperts_CountWithoutOrder()
    {
        RouterAgreementCounter counter = new();
        counter.Add(3, [2, 5], [5, 7]);
        counter.Add(3, [4, 1], [1, 4]);
        counter.Add(1, [0, 9], [8, 7]);
        CollectionAssert.AreEqual(new LayerAgreement[] { new(1, 0), new(3, 0.75) }, counter.Layers.ToArray());
    }
}
