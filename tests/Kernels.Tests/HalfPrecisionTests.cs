namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class HalfPrecisionTests
{
    [TestMethod]
    public void ReadFinite_EveryFiniteNumber_IsExact()
    {
        int numbers = 0;
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (!Half.IsFinite(half))
                continue;
            numbers++;
            ushort memory = (ushort)bits;
            Assert.AreEqual(BitConverter.SingleToInt32Bits((float)half), BitConverter.SingleToInt32Bits(HalfPrecision.ReadFinite((byte*)&memory)), $"{half}");
        }

        Assert.AreEqual(65536 - 2048, numbers);
    }
}
