namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed class FactorPackerTests
{
    [TestMethod]
    [DataRow(8, 1.0 / 127)]
    [DataRow(3, 1.0 / 3.5)]
    public void Unpack_AfterPack_IsWithinHalfAStep(int bits, double largestStep)
    {
        Random random = new(bits);
        FactorShape shape = new(5, 150, bits);
        float[] values = [.. Enumerable.Range(0, 750).Select(_ => (float)(random.NextDouble() * 2 - 1))], back = new float[750];
        byte[] packed = new byte[shape.TotalBytes];
        Array.Fill(packed, (byte)0xA5);
        FactorPacker.Pack(values, shape, packed);
        FactorPacker.Unpack(packed, shape, back);
        double error = 0;
        for (int index = 0; index < values.Length; index++)
        {
            Assert.AreEqual(LayoutOracle.Factor(packed, 5, 150, bits, index / 150, index % 150), back[index], 1e-7);
            error += Math.Pow(values[index] - back[index], 2);
        }
        // A uniform error of one step has the variance step² / 12; half-precision scales and the clip search stay below twice that.
        Assert.IsLessThan(2 * largestStep * largestStep / 12, error / values.Length);
        Assert.IsGreaterThan(0, error);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(8)]
    public void Pack_ValuesWithOneOutlier_ClipSearchNeverDoesWorseThanNoClipping(int bits)
    {
        Random random = new(7);
        FactorShape shape = new(1, 64, bits);
        float[] values = [.. Enumerable.Range(0, 64).Select(index => index == 3 ? 4f : (float)(random.NextDouble() * 2 - 1))], back = new float[64];
        byte[] packed = new byte[shape.TotalBytes];
        FactorPacker.Pack(values, shape, packed);
        FactorPacker.Unpack(packed, shape, back);
        double step = bits == 8 ? 4.0 / 127 : 4.0 / 3.5, plain = 0, actual = 0;
        for (int index = 0; index < 64; index++)
        {
            double level = bits == 8 ? Math.Round(values[index] / step) : Math.Round(values[index] / step + 3.5) - 3.5;
            plain += Math.Pow(values[index] - Math.Clamp(level, bits == 8 ? -127 : -3.5, bits == 8 ? 127 : 3.5) * step, 2);
            actual += Math.Pow(values[index] - back[index], 2);
        }
        Assert.IsLessThanOrEqualTo(plain * 1.01, actual);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(8)]
    public void Pack_ZerosTinyAndHugeValues_StayFinite(int bits)
    {
        FactorShape shape = new(1, 192, bits);
        float[] values = new float[192], back = new float[192];
        values[64] = 1e-20f;
        values[128] = 3e38f;
        byte[] packed = new byte[shape.TotalBytes];
        FactorPacker.Pack(values, shape, packed);
        FactorPacker.Unpack(packed, shape, back);
        for (int index = 0; index < 128; index++)
            Assert.AreEqual(0, back[index], $"index {index}");
        Assert.IsTrue(float.IsFinite(back[128]) && back[128] > 65504, "the largest scale times the largest level");
    }

    [TestMethod]
    public void Pack_ArgumentsThatDoNotFit_Throw()
    {
        FactorShape shape = new(2, 3, 8);
        byte[] packed = new byte[shape.TotalBytes];
        Assert.ThrowsExactly<ArgumentException>(() => FactorPacker.Pack(new float[5], shape, packed));
        Assert.ThrowsExactly<ArgumentException>(() => FactorPacker.Pack(new float[6], shape, packed.AsSpan(1)));
        Assert.ThrowsExactly<ArgumentException>(() => FactorPacker.Pack([1, 2, 3, 4, float.NaN, 6], shape, packed));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FactorShape(0, 1, 8));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FactorShape(1, 0, 8));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FactorShape(1, 1, 4));
    }
}
