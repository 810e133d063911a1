using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.MiLo;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class MiLoTests
{
    private static readonly GroupScheme Scheme = new(3, 64);

    [TestMethod]
    [DataRow("model.layers.1.self_attn.q_proj.weight", 16)]
    [DataRow("model.layers.2.mlp.experts.7.up_proj.weight", 8)]
    [DataRow("model.layers.0.mlp.experts.3.down_proj.weight", 8)]
    public void Quantize_TrainedMatrix_CompensatorBeatsHqqWhichBeatsRoundToNearest(string name, int rank)
    {
        using FloatMatrix weights = SampleMatrix.Load(name);
        double rounded = RoundToNearest(weights), plain = Quantize(weights, 0).FinalError;
        double eight = Quantize(weights, rank).FinalError, three = Quantize(weights, rank, bits: 3).FinalError;
        double norm = DoubleSums.SquaredNorm(weights);
        Console.WriteLine($"relative errors: round to nearest {Math.Sqrt(rounded / norm):F4}, HQQ {Math.Sqrt(plain / norm):F4}, rank {rank} {Math.Sqrt(eight / norm):F4}, with 3-bit factors {Math.Sqrt(three / norm):F4}");
        Assert.IsLessThan(0.97 * rounded, plain);
        Assert.IsLessThan(0.80 * plain, eight);
        Assert.IsLessThan(0.95 * plain, three);
        Assert.IsLessThan(three, eight);
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(3)]
    public void Quantize_ReportedError_IsThatOfTheStoredBytes(int bits)
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(50, 90, 3);
        QuantizedMatrix result = Quantize(weights, 6, bits);
        float[] input = new float[6 * 90], output = new float[6 * 50];
        FactorPacker.Unpack(result.InputFactor, new FactorShape(6, 90, bits), input);
        FactorPacker.Unpack(result.OutputFactor, new FactorShape(6, 50, bits), output);
        double error = 0;
        for (int row = 0; row < 50; row++)
            for (int k = 0; k < 90; k++)
            {
                double value = (result.Groups.Codes[row * 90 + k] - (double)result.Groups.ZeroPoints[row * 2 + k / 64]) * (double)result.Groups.Scales[row * 2 + k / 64];
                for (int r = 0; r < 6; r++)
                    value += (double)output[r * 50 + row] * input[r * 90 + k];
                error += (weights[row, k] - value) * (weights[row, k] - value);
            }

        Assert.AreEqual(error, result.FinalError, error * 1e-4);
    }

    [TestMethod]
    public void Quantize_LowRankPlusNoise_CompensatorFindsTheLowRankPart()
    {
        // A strong rank-4 part makes groups wide; without it they are narrow.
        using FloatMatrix weights = RandomMatrix.Normal(96, 128, 1, 0.01), u = RandomMatrix.Normal(96, 4, 2), v = RandomMatrix.Normal(4, 128, 3);
        MatrixProduct.Add(u, v, weights);
        double plain = Quantize(weights, 0).FinalError, compensated = Quantize(weights, 4).FinalError;
        Assert.IsLessThan(0.1 * plain, compensated);
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(1, 200, 1)]
    [DataRow(17, 3, 3)]
    [DataRow(5, 70, 5)]
    public void Quantize_SmallestShapesAndFullRank_Work(int rows, int columns, int rank)
    {
        using FloatMatrix weights = RandomMatrix.Normal(rows, columns, 1, 0.02);
        QuantizedMatrix result = Quantize(weights, rank);
        Assert.IsLessThanOrEqualTo(result.PlainError + 1e-9, result.FinalError);
        Assert.AreEqual(DoubleSums.SquaredNorm(weights), result.SquaredNorm);
    }

    [TestMethod]
    public void Quantize_ZeroMatrix_GivesZeroAndNoNaN()
    {
        using FloatMatrix weights = new(32, 64);
        QuantizedMatrix result = Quantize(weights, 4);
        Assert.AreEqual(0, result.FinalError);
        Assert.IsTrue(result.Groups.Codes.All(code => code == 0));
    }

    [TestMethod]
    public void Quantize_Cancelled_Throws()
    {
        using FloatMatrix weights = RandomMatrix.Normal(64, 64, 1);
        Assert.ThrowsExactly<OperationCanceledException>(() =>
            MatrixQuantizer.Quantize(weights, null, new(Scheme, RoundingMethod.Hqq, 4, 8), ManagedBackend.Instance, new CancellationToken(canceled: true)));
    }

    [TestMethod]
    public void HasSettled_ErrorsThatHardlyFall_StopsTheLoopOnlyThen()
    {
        MiLoOptions options = new(4, 8) { Window = 3, Tolerance = 1e-2 };
        Assert.IsFalse(MiLoLoop.HasSettled([10, 9, 8], options));
        Assert.IsFalse(MiLoLoop.HasSettled([10, 9, 8, 7], options));
        Assert.IsTrue(MiLoLoop.HasSettled([10, 9.9, 9.95, 9.9], options));
        Assert.IsTrue(MiLoLoop.HasSettled([10, 8, 9, 9, 9], options));
    }

    [TestMethod]
    public void Run_TrainedMatrix_BestIterateIsKeptAndItsErrorIsTrue()
    {
        using FloatMatrix weights = SampleMatrix.Load("model.layers.1.mlp.experts.0.gate_proj.weight");
        using LowRankFactors best = new(weights.Rows, weights.Columns, 8);
        (double plain, IReadOnlyList<double> iterates) = MiLoLoop.Run(weights, Scheme, new(8, 8), best, ManagedBackend.Instance, default);
        Assert.IsLessThan(plain, iterates[0]);
        Assert.IsLessThan(iterates[0], iterates.Min());
        // Quantizing what the kept factors leave cannot be much worse than the iterate they came from.
        using FloatMatrix rest = new(weights.Rows, weights.Columns), dequantized = new(weights.Rows, weights.Columns);
        rest.CopyFrom(weights);
        MatrixProduct.Subtract(best.Output, best.Input, rest);
        ManagedBackend.Instance.QuantizeGroups(rest, Scheme, GroupSolver.Hqq, null, dequantized);
        Assert.IsLessThan(iterates.Min() * 1.05, DoubleSums.SquaredDistance(rest, dequantized));
    }

    private static QuantizedMatrix Quantize(FloatMatrix weights, int rank, int bits = 8) =>
        MatrixQuantizer.Quantize(weights, null, new(Scheme, RoundingMethod.Hqq, rank, bits), ManagedBackend.Instance, CancellationToken.None);

    private static double RoundToNearest(FloatMatrix weights)
    {
        using FloatMatrix dequantized = new(weights.Rows, weights.Columns);
        ManagedBackend.Instance.QuantizeGroups(weights, Scheme, GroupSolver.RoundToNearest, null, dequantized);
        return DoubleSums.SquaredDistance(weights, dequantized);
    }
}
