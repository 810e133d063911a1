using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

/// <summary>What every device must do with groups: codes that are the nearest ones, parameters as good as those of the plain algorithm in double precision, and what is stored is what is dequantized.</summary>
public abstract class GroupBatchSuite
{
    private INumericBackend Backend { get; set; } = ManagedBackend.Instance;

    /// <summary>Opens the device before each test.</summary>
    [TestInitialize]
    public void OpenDevice() => Backend = Open();

    /// <summary>The device under test; ends the test as skipped where it is not there.</summary>
    internal abstract INumericBackend Open();

    [TestMethod]
    [DataRow(3, 64, 16, 128, false)]
    [DataRow(3, 32, 5, 70, true)]
    [DataRow(4, 128, 33, 300, false)]
    [DataRow(4, 64, 7, 40, true)]
    [DataRow(8, 64, 17, 65, false)]
    public void QuantizeGroups_AnyShape_IsAsGoodAsDoublePrecision(int bits, int groupSize, int rows, int columns, bool symmetric)
    {
        // Large deviations, so that errors survive HQQ's shrinkage.
        foreach (double deviation in (double[])[0.02, 0.5, 30])
            foreach (GroupSolver solver in Enum.GetValues<GroupSolver>())
            {
                GroupScheme scheme = new(bits, groupSize, symmetric);
                using FloatMatrix weights = RandomMatrix.HeavyTailed(rows, columns, bits, deviation), dequantized = new(rows, columns);
                QuantizedGroups result = Run(weights, scheme, solver, dequantized);
                (double found, double expected) = (0, 0);
                for (int row = 0; row < rows; row++)
                    for (int group = 0; group < scheme.GroupCount(columns); group++)
                    {
                        found += GroupOracle.CheckStored(weights, dequantized, result, row, group);
                        expected += GroupOracle.Error(GroupOracle.GroupOf(weights, scheme, row, group), scheme, solver);
                    }

                Assert.IsLessThan(1.01 * expected, found, $"{solver}, deviation {deviation}");
                Assert.IsGreaterThan(0.99 * expected, found, $"{solver}, deviation {deviation}: is the oracle worse?");
            }
    }

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(-3.25f, -3.25f)]
    [DataRow(-1e-40f, 3e-39f)]
    [DataRow(1f, 1.0000001f)]
    [DataRow(-65504f, 65504f)]
    [DataRow(-2e-7f, 3e-7f)]
    [DataRow(5f, 5.1f)]
    public void QuantizeGroups_ExtremeGroups_StayFiniteAndWithinFp16Accuracy(float lowest, float highest)
    {
        foreach (bool symmetric in (bool[])[false, true])
        {
            GroupScheme scheme = new(3, 32, symmetric);
            using FloatMatrix weights = new(2, 40), dequantized = new(2, 40);
            for (int k = 0; k < 40; k++)
                weights[0, k] = k % 3 == 0 ? highest : lowest;
            QuantizedGroups result = Run(weights, scheme, GroupSolver.Hqq, dequantized);
            Assert.IsTrue(result.Scales.All(Half.IsFinite) && result.ZeroPoints.All(Half.IsFinite));
            float step = symmetric ? Math.Max(highest, -lowest) / (scheme.MiddleCode - 1) : (highest - lowest) / scheme.MaxCode;
            float tolerance = 0.55f * step + Math.Max(Math.Abs(lowest), Math.Abs(highest)) * 1e-3f + 6e-8f;
            for (int k = 0; k < 40; k++)
                Assert.AreEqual(weights[0, k], dequantized[0, k], tolerance, $"symmetric {symmetric}, {k}");
            Assert.AreEqual(0f, dequantized[1, 5]);
        }
    }

    [TestMethod]
    public void QuantizeGroups_NoCodesWantedOrAWrongShape_DequantizesAloneOrThrows()
    {
        GroupScheme scheme = new(3, 64);
        using FloatMatrix weights = RandomMatrix.HeavyTailed(9, 100, 1), both = new(9, 100), alone = new(9, 100), other = new(9, 99);
        Run(weights, scheme, GroupSolver.Hqq, both);
        Backend.QuantizeGroups(weights, scheme, GroupSolver.Hqq, null, alone);
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(both, alone));
        Assert.ThrowsExactly<ArgumentException>(() => Backend.QuantizeGroups(weights, scheme, GroupSolver.Hqq, null, other));
        Assert.ThrowsExactly<ArgumentException>(() => Backend.QuantizeGroups(weights, scheme, GroupSolver.Hqq, new(9, 100, new(4, 64)), null));
    }

    [TestMethod]
    public void Feedback_CorrelatedInputs_LowersTheOutputErrorAndImprovesOnIt()
    {
        GroupScheme scheme = new(3, 32);
        using FloatMatrix inputs = CorrelatedInputs.Create(300, 96, 1), weights = RandomMatrix.HeavyTailed(20, 96, 5), rounded = new(20, 96), found = new(20, 96), improved = new(20, 96);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], Backend);
        CovarianceFactor factor = covariance.Factor(0, scheme.GroupSize, Backend);
        QuantizedGroups groups = new(20, 96, scheme);
        Run(weights, scheme, GroupSolver.Hqq, rounded);
        Backend.QuantizeWithFeedback(weights, factor, groups, found, scheme);
        for (int row = 0; row < 20; row++)
            for (int group = 0; group < 3; group++)
                GroupOracle.CheckDequantized(found, groups, row, group);
        Backend.ImproveWithFeedback(weights, factor, groups, improved);
        double before = OutputError(weights, found, inputs);
        Assert.IsLessThan(0.6 * OutputError(weights, rounded, inputs), before);
        Assert.IsLessThanOrEqualTo(1.001 * before, OutputError(weights, improved, inputs));
    }

    [TestMethod]
    public void Operations_ManyAtOnce_GiveTheSameBits()
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(64, 192, 1);
        using LowRankFactors expectedFactors = new(64, 192, 8);
        using FloatMatrix expected = Sequence(weights, expectedFactors);
        Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 4 }, i =>
        {
            using LowRankFactors factors = new(64, 192, 8);
            using FloatMatrix result = Sequence(weights, factors);
            Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(expected, result), $"run {i}");
            Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(expectedFactors.Input, factors.Input), $"factors of run {i}");
        });
    }

    private FloatMatrix Sequence(FloatMatrix weights, LowRankFactors factors)
    {
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        FloatMatrix dequantized = new(weights.Rows, weights.Columns);
        rest.CopyFrom(weights);
        using ILowRankApproximator approximator = Backend.CreateApproximator(weights.Rows, weights.Columns, factors.Rank, 1);
        approximator.Approximate(weights, factors);
        Backend.SubtractProduct(factors.Output, factors.Input, rest);
        Backend.QuantizeGroups(rest, new(3, 64), GroupSolver.Hqq, null, dequantized);
        return dequantized;
    }

    private QuantizedGroups Run(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, FloatMatrix dequantized)
    {
        QuantizedGroups result = new(weights.Rows, weights.Columns, scheme);
        Backend.QuantizeGroups(weights, scheme, solver, result, dequantized);
        return result;
    }

    private static double OutputError(FloatMatrix weights, FloatMatrix dequantized, FloatMatrix inputs)
    {
        using FloatMatrix error = new(weights.Rows, weights.Columns);
        for (int i = 0; i < weights.Rows; i++)
            for (int k = 0; k < weights.Columns; k++)
                error[i, k] = weights[i, k] - dequantized[i, k];
        return CorrelatedInputs.MeanSquaredOutput(error, inputs);
    }
}
