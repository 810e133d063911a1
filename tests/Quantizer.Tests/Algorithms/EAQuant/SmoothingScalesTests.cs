using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class SmoothingScalesTests
{
    [TestMethod]
    public void Merge_OneConsumer_IsSmoothQuantsFormulaUpToACommonFactor()
    {
        float[] scales = SmoothingScales.Merge([new([8, 1, 2], [0.5f, 0.25f, 1], 10)], alpha: 0.6);
        double[] expected = [Formula(8, 0.5), Formula(1, 0.25), Formula(2, 1)];
        double mean = Math.Cbrt(expected[0] * expected[1] * expected[2]);
        for (int i = 0; i < 3; i++)
            Assert.AreEqual(expected[i] / mean, scales[i], 1e-5);
    }

    [TestMethod]
    public void Merge_Max_FollowsTheConsumerThatNeedsMost()
    {
        // Channel 0 hurts the rare expert only, channel 1 the router only.
        SmoothingConsumer router = new([1, 9], [1, 1], 100), expert = new([16, 1], [1, 1], 3, Share: 0.03);
        float[] scales = SmoothingScales.Merge([router, expert], alpha: 0.5);
        Assert.AreEqual(4.0 / 3, scales[0] / scales[1], 1e-5);
    }

    [TestMethod]
    public void Merge_Weighted_IsTheMeanByShare()
    {
        SmoothingConsumer often = new([1, 1], [1, 1], 75, Share: 0.75), rarely = new([16, 1], [1, 1], 25, Share: 0.25);
        float[] scales = SmoothingScales.Merge([often, rarely], alpha: 0.5, SmoothingMerge.Weighted);
        Assert.AreEqual(0.75 + (0.25 * 4), scales[0] / scales[1], 1e-5);
    }

    [TestMethod]
    public void Merge_ExpertWithoutTokens_HasNoSay()
    {
        SmoothingConsumer router = new([2, 1], [1, 1], 10), starved = new([0, 0], [1e-6f, 1], 0);
        CollectionAssert.AreEqual(SmoothingScales.Merge([router]), SmoothingScales.Merge([router, starved]));
    }

    [TestMethod]
    public void Merge_ZeroChannels_GetOne()
    {
        float[] scales = SmoothingScales.Merge([new([0, 5, 5, 0], [1, 0, 1, 0], 10)]);
        Assert.AreEqual(1f, scales[0], "No activation.");
        Assert.AreEqual(1f, scales[1], "No weight.");
        Assert.AreEqual(1f, scales[3], "Neither.");
        CollectionAssert.DoesNotContain(scales.Select(float.IsFinite).ToArray(), false);
    }

    [TestMethod]
    public void Merge_NoConsumerSawTokens_ChangesNothing() =>
        CollectionAssert.AreEqual(new float[] { 1, 1 }, SmoothingScales.Merge([new([3, 4], [1, 2], 0)]));

    [TestMethod]
    public void Weaken_HalfStrength_IsTheSquareRoot() => CollectionAssert.AreEqual(new float[] { 2, 0.5f, 1 }, SmoothingScales.Weaken([4, 0.25f, 1], 0.5));

    private static double Formula(double x, double w) => Math.Pow(x, 0.6) / Math.Pow(w, 0.4);
}
