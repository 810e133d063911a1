using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class ShrinkagePowerTests
{
    [TestMethod]
    public void Evaluate_AllExponentsAndMantissas_StaysWithinTheDocumentedError()
    {
        double worst = 0;
        for (int exponent = -126; exponent <= 127; exponent++)
            for (int step = 0; step < 512; step++)
            {
                float x = (float)((1 + step / 512.0) * Math.Pow(2, exponent));
                double exact = Math.Pow(x, ShrinkagePower.Norm - 1);
                worst = Math.Max(worst, Math.Abs(ShrinkagePower.Evaluate(Vector512.Create(x))[7] - exact) / exact);
            }

        Console.WriteLine($"largest relative error {worst:G3}");
        Assert.IsLessThan(ShrinkagePower.MaxRelativeError, worst);
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(1e-42f)]
    public void Evaluate_ZeroAndSubnormal_GiveTheLargeFiniteValueOfTheSmallestNormal(float x)
    {
        float value = ShrinkagePower.Evaluate(Vector512.Create(x))[0];
        Assert.AreEqual(Math.Pow(1.17549435e-38, -0.3), value, value * 1e-5);
    }
}
