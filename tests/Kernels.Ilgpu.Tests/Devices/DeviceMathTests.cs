namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class DeviceMathTests
{
    [TestMethod]
    public void Exp_WholeRange_IsWithinTwoUnitsInTheLastPlace()
    {
        double largest = 0;
        for (int step = -86000; step <= 87000; step++)
        {
            float x = step * 0.001f;
            double expected = Math.Exp(x);
            largest = Math.Max(largest, Math.Abs(DeviceMath.Exp(x) - expected) / expected);
        }

        Assert.IsLessThan(2 * Math.Pow(2, -23), largest);
    }

    [TestMethod]
    public void Exp_BeyondTheRange_IsZeroOrLarge()
    {
        Assert.AreEqual(0, DeviceMath.Exp(-88));
        Assert.AreEqual(0, DeviceMath.Exp(float.NegativeInfinity));
        Assert.AreEqual(1, DeviceMath.Exp(0));
        Assert.IsGreaterThan(1e38f, DeviceMath.Exp(1000));
        Assert.IsTrue(float.IsFinite(DeviceMath.Exp(1000)));
    }
}
