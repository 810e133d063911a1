using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class OutlierChannelsTests
{
    [TestMethod]
    public void Scales_TwoOutliers_AreScaledByTheirRatioToTheLargestNormalChannel()
    {
        float[] maxima = [.. Enumerable.Range(0, 64).Select(i => 1 + (i % 8 * 0.1f))];
        (maxima[5], maxima[40]) = (17, 34);
        float[] scales = OutlierChannels.Scales(maxima);
        Assert.AreEqual(Math.Pow(17 / 1.7, 0.7), scales[5], 1e-4);
        Assert.AreEqual(Math.Pow(34 / 1.7, 0.7), scales[40], 1e-4);
        Assert.AreEqual(62, scales.Count(scale => scale == 1));
    }

    [TestMethod]
    public void Scales_EvenlySpreadChannels_StayAsTheyAre()
    {
        float[] maxima = [.. Enumerable.Range(0, 50).Select(i => 1 + (i * 0.05f))];
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, 50).ToArray(), OutlierChannels.Scales(maxima));
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(3f)]
    public void Scales_AllChannelsEqual_StayAsTheyAre(float value) =>
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, 20).ToArray(), OutlierChannels.Scales([.. Enumerable.Repeat(value, 20)]));

    [TestMethod]
    public void Scales_DeadChannels_DoNotMakeTheOthersOutliers()
    {
        float[] maxima = [.. Enumerable.Repeat(0f, 60), 1, 1.1f, 1.2f, 1.3f];
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, 64).ToArray(), OutlierChannels.Scales(maxima));
    }
}
