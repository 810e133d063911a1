using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Hqq;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class GroupQuantizerTests
{
    [TestMethod]
    [DataRow(3, 64, 16, 128)]
    [DataRow(3, 32, 5, 70)]
    [DataRow(4, 128, 33, 300)]
    [DataRow(8, 64, 17, 65)]
    public void Quantize_HeavyTailedRows_EqualsScalarReferenceBitByBit(int bits, int groupSize, int rows, int columns)
    {
        // Large deviations, so that errors survive shrinkage and the power is used.
        foreach (double deviation in (double[])[0.02, 0.5, 30])
            foreach (bool solve in (bool[])[false, true])
            {
                using FloatMatrix weights = RandomMatrix.HeavyTailed(rows, columns, bits, deviation), dequantized = new(rows, columns);
                GroupScheme scheme = new(bits, groupSize);
                QuantizedGroups result = Run(weights, scheme, solve ? GroupSolver.Hqq : GroupSolver.RoundToNearest, dequantized);
                for (int row = 0; row < rows; row++)
                    for (int group = 0; group < scheme.GroupCount(columns); group++)
                        CompareGroup(weights, dequantized, result, row, group, solve);
            }
    }

    [TestMethod]
    public void Quantize_HeavyTailedWeights_HqqHasSmallerErrorThanRoundToNearest()
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(64, 512, 1), rounded = new(64, 512), solved = new(64, 512);
        Run(weights, new(3, 64), GroupSolver.RoundToNearest, rounded);
        Run(weights, new(3, 64), GroupSolver.Hqq, solved);
        double MeanError(FloatMatrix x) => Enumerable.Range(0, 64).Sum(i => Enumerable.Range(0, 512).Sum(k => Math.Abs(weights[i, k] - x[i, k])));
        Console.WriteLine($"mean absolute error: round to nearest {MeanError(rounded) / 64 / 512}, HQQ {MeanError(solved) / 64 / 512}");
        Assert.IsLessThan(0.97 * MeanError(rounded), MeanError(solved));
        Assert.IsLessThan(RandomMatrix.FrobeniusDistance(weights, rounded), RandomMatrix.FrobeniusDistance(weights, solved));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(8)]
    public void Quantize_SymmetricGroups_ErrorIsBelowRoundToNearestAndZeroPointIsTheMiddle(int bits)
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(20, 200, 1), rounded = new(20, 200), solved = new(20, 200);
        Run(weights, new(bits, 64, true), GroupSolver.RoundToNearest, rounded);
        QuantizedGroups result = Run(weights, new(bits, 64, true), GroupSolver.Hqq, solved);
        Assert.IsLessThan(RandomMatrix.FrobeniusDistance(weights, rounded), RandomMatrix.FrobeniusDistance(weights, solved));
        Assert.IsTrue(result.ZeroPoints.All(z => (float)z == 1 << (bits - 1)));
    }

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(1.5f, 1.5f)]
    [DataRow(-3.25f, -3.25f)]
    [DataRow(1e-9f, 1e-9f)]
    [DataRow(-1e-40f, 3e-39f)]
    [DataRow(1f, 1.0000001f)]
    [DataRow(-65504f, 65504f)]
    [DataRow(65503f, 65504f)]
    [DataRow(-2e-7f, 3e-7f)]
    [DataRow(5f, 5.1f)]
    public void Quantize_ExtremeGroups_StayFiniteAndWithinFp16Accuracy(float lowest, float highest)
    {
        foreach (bool symmetric in (bool[])[false, true])
            foreach (int bits in (int[])[3, 4, 8])
            {
                using FloatMatrix weights = new(3, 40), dequantized = new(3, 40);
                for (int k = 0; k < 40; k++)
                    (weights[0, k], weights[1, k]) = (k % 3 == 0 ? highest : lowest, k == 39 ? highest : lowest);
                GroupScheme scheme = new(bits, 32, symmetric);
                QuantizedGroups result = Run(weights, scheme, GroupSolver.Hqq, dequantized);
                Assert.IsTrue(result.Scales.All(Half.IsFinite) && result.ZeroPoints.All(Half.IsFinite));
                float step = symmetric ? Math.Max(highest, -lowest) / (scheme.MiddleCode - 1) : (highest - lowest) / scheme.MaxCode;
                float tolerance = 0.55f * step + Math.Max(Math.Abs(lowest), Math.Abs(highest)) * 1e-3f + 6e-8f;
                for (int row = 0; row < 3; row++)
                    for (int k = 0; k < 40; k++)
                        Assert.AreEqual(weights[row, k], dequantized[row, k], tolerance, $"{bits} bits, symmetric {symmetric}, [{row}, {k}]");
                Assert.AreEqual(0f, dequantized[2, 5]);
            }
    }

    [TestMethod]
    public void Quantize_OneOutlierInTheTail_DoesNotTouchOtherGroupsOrRows()
    {
        using FloatMatrix plain = RandomMatrix.Normal(18, 70, 4), spiked = new(18, 70), a = new(18, 70), b = new(18, 70);
        spiked.CopyFrom(plain);
        spiked[17, 69] = 4000;
        Run(plain, new(3, 64), GroupSolver.Hqq, a);
        Run(spiked, new(3, 64), GroupSolver.Hqq, b);
        for (int i = 0; i < 18; i++)
            for (int k = 0; k < 70; k++)
                if (i != 17 || k < 64)
                    Assert.AreEqual(a[i, k], b[i, k]);
        Assert.AreEqual(4000, b[17, 69], 4);
    }

    private static QuantizedGroups Run(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, FloatMatrix dequantized)
    {
        QuantizedGroups result = new(weights.Rows, weights.Columns, scheme);
        GroupQuantizer.Quantize(weights, scheme, solver, result, dequantized);
        return result;
    }

    private static void CompareGroup(FloatMatrix weights, FloatMatrix dequantized, QuantizedGroups result, int row, int group, bool solve)
    {
        GroupScheme scheme = result.Scheme;
        int first = group * scheme.GroupSize, length = Math.Min(scheme.GroupSize, weights.Columns - first);
        (Half scale, Half zeroPoint, byte[] codes) = ScalarHqq.Quantize(weights.Row(row).Slice(first, length).ToArray(), scheme.Bits, solve);
        int index = row * scheme.GroupCount(weights.Columns) + group;
        Assert.AreEqual(scale, result.Scales[index]);
        Assert.AreEqual(zeroPoint, result.ZeroPoints[index]);
        for (int k = 0; k < length; k++)
        {
            Assert.AreEqual(codes[k], result.Codes[row * weights.Columns + first + k]);
            Assert.AreEqual((codes[k] - (float)zeroPoint) * (float)scale, dequantized[row, first + k]);
        }
    }
}
