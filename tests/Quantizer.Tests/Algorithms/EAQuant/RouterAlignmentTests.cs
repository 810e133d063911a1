using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Routing;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class RouterAlignmentTests
{
    private const int Experts = 12, Hidden = 80, TopK = 3;

    [TestMethod]
    public void Align_EightBits_KeepsNearlyEveryChoice()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = RandomMatrix.Normal(300, Hidden, 2);
        AlignedRouter aligned = RouterAlignment.Align(router, inputs, new(new GroupScheme(8, 64), TopK));
        using FloatMatrix _ = aligned.Dequantized;
        Assert.IsGreaterThan(0.98, aligned.Agreement);
    }

    [TestMethod]
    public void Align_OutlierThatInputsNeverTouch_IsClippedForTheSakeOfTheOthers()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = RandomMatrix.Normal(300, Hidden, 2);
        for (int expert = 0; expert < Experts; expert++)
            router[expert, 7] = 4;
        for (int token = 0; token < inputs.Rows; token++)
            inputs[token, 7] = 0;
        RouterAlignmentOptions options = new(new GroupScheme(3, 64), TopK) { Steps = 30 };
        AlignedRouter aligned = RouterAlignment.Align(router, inputs, options), plain = RouterAlignment.Align(router, inputs, options with { Steps = 1, SmallestRatio = 1 });
        using FloatMatrix first = aligned.Dequantized, second = plain.Dequantized;
        Assert.IsGreaterThan(plain.Agreement + 0.05, aligned.Agreement);
        Assert.IsLessThan(0.7f, aligned.ClipRatios.Average());
    }

    [TestMethod]
    public void Align_Result_IsWhatTheCodesStandFor()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = RandomMatrix.Normal(100, Hidden, 2);
        AlignedRouter aligned = RouterAlignment.Align(router, inputs, new(new GroupScheme(8, 64), TopK) { Steps = 5 });
        using FloatMatrix dequantized = aligned.Dequantized;
        for (int row = 0; row < Experts; row++)
            for (int column = 0; column < Hidden; column++)
            {
                int group = (row * 2) + (column / 64);
                float expected = (aligned.Groups.Codes[(row * Hidden) + column] - (float)aligned.Groups.ZeroPoints[group]) * (float)aligned.Groups.Scales[group];
                Assert.AreEqual(expected, dequantized[row, column]);
            }
    }

    [TestMethod]
    public void Align_NoTokens_ClipsNothing()
    {
        using FloatMatrix router = RandomMatrix.Normal(Experts, Hidden, 1, 0.3), inputs = new(0, Hidden);
        AlignedRouter aligned = RouterAlignment.Align(router, inputs, new(new GroupScheme(8, 64), TopK));
        using FloatMatrix dequantized = aligned.Dequantized;
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, Experts).ToArray(), aligned.ClipRatios);
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(router, dequantized), 0.2);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(12)]
    public void Divergence_OneExpertVaried_ChangesByTheExactDivergence(int outcomes)
    {
        using FloatMatrix reference = RandomMatrix.Normal(5, Experts, 3, 2), current = RandomMatrix.Normal(5, Experts, 4, 2), varied = RandomMatrix.Normal(1, 5, 5, 2);
        RoutingDivergence divergence = new(reference, current, outcomes);
        divergence.Vary(4);
        float[] present = [.. Enumerable.Range(0, 5).Select(token => current[token, 4])];
        double difference = divergence.With(4, varied.Row(0)) - divergence.With(4, present);
        double before = Exact(reference, current, outcomes);
        for (int token = 0; token < 5; token++)
            current[token, 4] = varied[0, token];
        Assert.AreEqual(Exact(reference, current, outcomes) - before, difference, 1e-5);
    }

    /// <summary>The divergence over the most probable experts and the rest as one, from its definition.</summary>
    private static double Exact(FloatMatrix reference, FloatMatrix current, int outcomes)
    {
        double total = 0;
        for (int token = 0; token < reference.Rows; token++)
        {
            double[] p = Softmax(reference.Row(token)), q = Softmax(current.Row(token));
            int[] order = [.. Enumerable.Range(0, p.Length).OrderByDescending(i => p[i])];
            total += order[..outcomes].Sum(i => p[i] * Math.Log(p[i] / q[i]));
            double restP = order[outcomes..].Sum(i => p[i]), restQ = order[outcomes..].Sum(i => q[i]);
            total += restP > 0 ? restP * Math.Log(restP / restQ) : 0;
        }

        return total / reference.Rows;
    }

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] exponentials = new double[logits.Length];
        for (int i = 0; i < logits.Length; i++)
            exponentials[i] = Math.Exp(logits[i]);
        double sum = exponentials.Sum();
        return [.. exponentials.Select(e => e / sum)];
    }
}
